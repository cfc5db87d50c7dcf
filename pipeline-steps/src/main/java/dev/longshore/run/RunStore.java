package dev.longshore.run;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Keeps runs, and makes each transition atomic: of two workers that want the same one, one gets it and the other an
 * {@link IllegalTransitionException}. Every implementation passes {@code RunStoreContract}.
 *
 * <p>No two runs of one repository are RUNNING or PARKED at once: {@link #start} sees to it. Whose turn it is {@link #due}
 * tells, to whichever worker asks, until the run's preflight has begun: nothing is lost with a worker that dies between a
 * transition and the job that should follow.
 */
public interface RunStore {
    /** At least so many of a run's latest events are kept, and not many more. */
    int EVENTS_KEPT = 2_000;

    /** How long whoever creates a run has to enqueue its first job, before {@link #due} offers it to others. */
    Duration FIRST_LEASE = Duration.ofSeconds(30);

    /** Stores a new run. False, and nothing changed, if there is a run of that id already: enqueuing twice is once. */
    boolean create(Run run);

    /**
     * Stores a new run, unless one that is not started yet asks for the very same: that one will see the source as it is
     * then, and a second would find nothing new.
     *
     * @return the run that is to be waited for: this one, or the other
     */
    Run submit(Run run);

    Optional<Run> find(RunId id);

    /** The run of that id; throws IllegalArgumentException if there is none. */
    default Run get(RunId id) {
        return find(id).orElseThrow(() -> new IllegalArgumentException("no run " + id));
    }

    /** The runs that a query asks for, the newest first; fewer than its limit only where there are no more. */
    List<Run> list(RunQuery query);

    /**
     * Replaces a run by what {@code transition} makes of it; if that is the same, nothing happens and nobody is told.
     *
     * @param transition may be called more than once, and so does nothing but compute; it does not start runs
     * @return the run afterwards
     * @throws IllegalTransitionException thrown by {@code transition}; nothing changed
     */
    Run update(RunId id, UnaryOperator<Run> transition);

    /**
     * Starts a queued run, or resumes a parked one, unless another run of the repository is at work: then it stays QUEUED,
     * and is {@link #due} once that one is over. A run in any other state stays as it is.
     *
     * @param repository tells the repository from all others
     * @return the run afterwards
     */
    Run start(RunId id, String repository);

    /**
     * Runs whose next preflight should be enqueued now. Each is given to one caller, and again after {@code lease} unless
     * it was started or ended by then.
     *
     * @param limit how many at most
     */
    List<DueRun> due(Instant now, Duration lease, int limit);

    /** Adds to the run's events how far a step is; does nothing for a run that is over or not there. */
    void progress(RunId id, RunEvent.StepProgressed progress);

    /**
     * What happened to a run, in order. Of a long run the oldest events are gone.
     *
     * @param after only events with a higher sequence number; 0 for all
     * @param limit how many at most
     */
    List<RunEvent.Entry> events(RunId id, long after, int limit);

    /** Gives {@code listener} the events after a sequence number, old and new ones, each once, until it is closed. */
    Subscription follow(RunId id, long after, EventListener listener);

    /**
     * Calls {@code listener} after the changes of a run until the subscription is closed. Where the connection to the store
     * was lost meanwhile, the changes in between may be told as one; the last one is always told.
     */
    Subscription subscribe(RunId id, RunListener listener);

    /** The same for the changes of all runs; those made while the connection was lost are not told. */
    Subscription subscribeAll(RunListener listener);

    /**
     * Removes runs that are over: those that ended before {@code before}, and all but the {@code keep} that ended last.
     *
     * @return how many were removed; some may be left where they are very many
     */
    int removeEnded(int keep, Instant before);

    /**
     * Removes a run, in whatever state it is, also one that cannot be read; runs that wait for it are {@link #due}. Nobody is
     * told. What works on it finds out when it next changes the run.
     *
     * @return whether there was anything of it
     */
    boolean discard(RunId id);

    /** Told of changes, in their order, from whatever thread made them or heard of them: returns soon. */
    @FunctionalInterface
    interface RunListener {
        void changed(Run run);
    }

    /** Told of events, in their order: returns soon. */
    @FunctionalInterface
    interface EventListener {
        void happened(RunEvent.Entry entry);
    }

    /** Ends when it is closed. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
