package dev.longshore.docker;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Ends containers' runs from outside the threads that wait for them: each that it was given to, under way or yet to come, ends with
 * {@link ContainerExit.Cancelled}, unless it comes to another end first. Before its container's start it is looked at between the
 * calls: one that is being made is carried through, and if it fails, or what is asked for is refused, the run fails with that.
 * Thread-safe. Cancelling is for good; for what is to be run afterwards take a new one.
 */
public final class Cancellation {
    private final Set<Runnable> runs = new LinkedHashSet<>();
    private boolean cancelled;

    /** A run's stay; ends when it is closed. */
    interface Stay extends AutoCloseable {
        @Override
        void close();
    }

    /** Has the runs end, without waiting for it: their containers are stopped with grace, then killed, and removed. */
    public void cancel() {
        List<Runnable> ending;
        synchronized (this) {
            cancelled = true;
            ending = List.copyOf(runs);
        }
        // A run that leaves meanwhile has come to another end already, and takes no notice.
        ending.forEach(Runnable::run);
    }

    public synchronized boolean isCancelled() {
        return cancelled;
    }

    /** Calls {@code end}, which returns at once and may be called more than once, when it is cancelled; now, if it is. */
    Stay enter(Runnable end) {
        boolean over;
        synchronized (this) {
            runs.add(end);
            over = cancelled;
        }
        if (over) {
            end.run();
        }
        return () -> leave(end);
    }

    private synchronized void leave(Runnable end) {
        runs.remove(end);
    }
}
