package dev.longshore.worker.jobs;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** The handlers at work, for whoever must wait until none is, or end them. Thread-safe. */
final class ActiveJobs {
    private int count;
    private boolean stopping;
    private final Set<Watch> watches = new HashSet<>();

    /** A handler's stay; ends when it is closed. */
    interface Stay extends AutoCloseable {
        @Override
        void close();
    }

    synchronized Stay enter() {
        count++;
        return this::leave;
    }

    private synchronized void leave() {
        count--;
        notifyAll();
    }

    /** The watch's thread is to be interrupted by {@link #interrupt}. */
    synchronized void add(Watch watch) {
        watches.add(watch);
        if (stopping) {
            watch.fire(Watch.Reason.SHUTDOWN);
        }
    }

    synchronized void remove(Watch watch) {
        watches.remove(watch);
    }

    /** Interrupts all handlers, those too that are yet to come: this process ends. */
    synchronized void interrupt() {
        stopping = true;
        watches.forEach(watch -> watch.fire(Watch.Reason.SHUTDOWN));
    }

    synchronized int count() {
        return count;
    }

    /** Whether no handler is at work, now or within {@code patience}. */
    synchronized boolean awaitNone(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (count > 0) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            // At least 1 ms: 0 would wait without end.
            wait(Math.max(left / 1_000_000, 1));
        }
        return true;
    }
}
