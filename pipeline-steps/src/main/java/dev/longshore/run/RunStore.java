package dev.longshore.run;

import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Keeps runs, and makes each transition atomic: of two workers that want the same one, one gets it and the other an
 * {@link IllegalTransitionException}. Every implementation passes {@code RunStoreContract}.
 */
public interface RunStore {
    /** Stores a new run. False, and nothing changed, if there is a run of that id already: enqueuing twice is once. */
    boolean create(Run run);

    Optional<Run> find(RunId id);

    /** The run of that id; throws IllegalArgumentException if there is none. */
    default Run get(RunId id) {
        return find(id).orElseThrow(() -> new IllegalArgumentException("no run " + id));
    }

    /**
     * Replaces a run by what {@code transition} makes of it.
     *
     * @param transition may be called more than once, and so does nothing but compute
     * @return the run afterwards
     * @throws IllegalTransitionException thrown by {@code transition}; nothing changed
     */
    Run update(RunId id, UnaryOperator<Run> transition);

    /** Calls {@code listener} after every change of the run until the subscription is closed. */
    Subscription subscribe(RunId id, RunListener listener);

    /** Told of changes, in their order, from whatever thread made them: returns soon. */
    @FunctionalInterface
    interface RunListener {
        void changed(Run run);
    }

    /** Ends when it is closed. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
