package dev.longshore.worker.jobs;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.storage.Paging.OffsetBasedPage;
import org.jobrunr.storage.StorageProvider;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the jobs of one state in bounded looks, the newest first, and leaves none out: where more came than a look
 * takes in, the next ones go on from there, beside what is new by then. A job may be given twice.
 */
final class EndedJobs {
    /** Servers' clocks differ, and a job may be saved some time after it ended. */
    private static final Duration OVERLAP = Duration.ofMinutes(2);

    private final StorageProvider storage;
    private final StateName state;
    private final Bound bound;
    private Instant since = Instant.EPOCH;
    /** What earlier looks left. There is one such part only: while there is, {@link #since} waits for what is new to be done. */
    private @Nullable Part left;

    /** How much is taken in of what is new, and of what was left, by one look. */
    record Bound(int page, int pages) {}

    /**
     * A part of the jobs.
     *
     * @param below where it begins: only jobs that were updated before that
     * @param offset how many of those are done already
     * @param since where it ends
     */
    private record Part(Instant below, long offset, Instant since) {
        /** What is left after a page. By time and not by number, as jobs come and go meanwhile. */
        Part after(Job last, int page) {
            // Several jobs may share a microsecond, which is what a store may round to.
            Instant below = last.getUpdatedAt().truncatedTo(ChronoUnit.MICROS).plus(1, ChronoUnit.MICROS);
            return below.equals(this.below) ? new Part(below, offset + page, since) : new Part(below, 0, since);
        }
    }

    EndedJobs(StorageProvider storage, StateName state, Bound bound) {
        this.storage = storage;
        this.state = state;
        this.bound = bound;
    }

    /** Gives the jobs that came into the state since the last look, and then some of those that earlier ones left. */
    void look(Instant now, Consumer<Job> each) {
        @Nullable Part before = left;
        @Nullable Part rest = through(new Part(now.plus(OVERLAP).truncatedTo(ChronoUnit.MICROS), 0, since), each);
        if (rest == null || before == null) {
            left = rest == null ? before : rest;
            since = now.minus(OVERLAP);
        }
        if (before != null) {
            left = through(before, each);
        }
    }

    /** Gives what is left of it; null if nothing is. */
    private @Nullable Part through(Part part, Consumer<Job> each) {
        Part rest = part;
        for (int pages = 0; pages < bound.pages(); pages++) {
            List<Job> page = storage.getJobList(
                    state, rest.below(), OffsetBasedPage.descOnUpdatedAt(rest.offset(), bound.page()));
            // A page that is merely short is no end: a store may keep back jobs that it does not trust.
            if (page.isEmpty()) {
                return null;
            }
            page.forEach(each);
            Job last = page.get(page.size() - 1);
            if (last.getUpdatedAt().isBefore(part.since())) {
                return null;
            }
            rest = rest.after(last, bound.page());
        }
        return rest;
    }
}
