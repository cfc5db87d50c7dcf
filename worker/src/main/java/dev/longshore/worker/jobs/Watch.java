package dev.longshore.worker.jobs;

import dev.longshore.run.Run;
import dev.longshore.run.RunStore;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Interrupts the thread that made it when a deadline passes, when the run comes to its end by somebody else's doing,
 * or when this process must end.
 * Close it on that thread: afterwards no interrupt of its is under way.
 */
final class Watch implements AutoCloseable {
    /** Why the thread was interrupted. */
    enum Reason {
        DEADLINE,
        RUN_OVER,
        /** This process ends; the job is to be done by another. */
        SHUTDOWN
    }

    /** What JobRunr is told of a job that goes back into its queue. */
    static final String SHUTDOWN = "the worker is stopped";

    /** Libraries lose an interrupt now and then: it is repeated until the step ends. */
    private static final long AGAIN_SECONDS = 5;

    private final Thread thread = Thread.currentThread();
    private final ScheduledExecutorService timers;
    private final ActiveJobs active;
    private final Future<?> timer;
    private final RunStore.Subscription subscription;
    private boolean closed;
    private @Nullable Reason reason;
    private @Nullable Future<?> again;

    Watch(Run run, RunStore runs, ScheduledExecutorService timers, ActiveJobs active, Duration deadline) {
        this.timers = timers;
        this.active = active;
        this.subscription = runs.subscribe(run.id(), changed -> {
            if (changed.state().isFinal()) {
                fire(Reason.RUN_OVER);
            }
        });
        try {
            if (runs.get(run.id()).state().isFinal()) {
                fire(Reason.RUN_OVER); // between the claim and the subscription
            }
            this.timer = timers.schedule(() -> fire(Reason.DEADLINE), deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RuntimeException | Error e) {
            // Nobody has it who could close it, and the thread has other jobs to do after this one.
            subscription.close();
            silence();
            throw e;
        }
        active.add(this);
    }

    synchronized void fire(Reason why) {
        if (!closed && reason == null) {
            reason = why;
            thread.interrupt();
            if (!timers.isShutdown()) {
                again = timers.scheduleWithFixedDelay(
                        this::interruptAgain, AGAIN_SECONDS, AGAIN_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    private synchronized void interruptAgain() {
        if (!closed) {
            thread.interrupt();
        }
    }

    /** Whether a job ended so because its process does: {@link RetryPolicy} then lets another run it. */
    static boolean isOfShutdown(@Nullable Reason reason, Throwable end) {
        return reason == Reason.SHUTDOWN
                || (reason == null && (end instanceof InterruptedException || end instanceof InterruptedIOException));
    }

    /**
     * Why this watch interrupted the thread; null if it did not. To be called on that thread when the work is over: from
     * then on it interrupts nothing, so that the store can be told how it went.
     */
    synchronized @Nullable Reason reason() {
        if (!closed) {
            timer.cancel(false);
            silence();
        }
        return reason;
    }

    private synchronized void silence() {
        closed = true;
        if (again != null) {
            again.cancel(false);
        }
        if (reason != null) {
            // The interrupt was for the step alone, which may have ended without seeing it.
            Thread.interrupted();
        }
    }

    @Override
    public void close() {
        // Without this watch's lock: who interrupts all holds the other's and wants this one.
        active.remove(this);
        subscription.close();
        reason();
    }
}
