package dev.longshore.run;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which runs are wanted, the newest first. Runs are as old as their ids say.
 *
 * @param states in which states; all if empty
 * @param before only runs older than this one: the last of the page before
 * @param limit how many at most, 1 to {@value #MOST}
 */
public record RunQuery(Set<RunState> states, Optional<RunId> before, int limit) {
    /** The longest page. */
    public static final int MOST = 1000;

    public RunQuery {
        if (limit < 1 || limit > MOST) {
            throw new IllegalArgumentException("a page has 1 to " + MOST + " runs, not " + limit);
        }
        EnumSet<RunState> copy = EnumSet.noneOf(RunState.class);
        copy.addAll(states);
        states = Collections.unmodifiableSet(copy);
    }

    /** The newest runs, whatever their state. */
    public static RunQuery newest(int limit) {
        return new RunQuery(Set.of(), Optional.empty(), limit);
    }

    public RunQuery in(RunState first, RunState... more) {
        return new RunQuery(EnumSet.of(first, more), before, limit);
    }

    /** The page after the one that ended with {@code last}. */
    public RunQuery after(RunId last) {
        return new RunQuery(states, Optional.of(last), limit);
    }
}
