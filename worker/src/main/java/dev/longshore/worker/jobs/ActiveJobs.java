package dev.longshore.worker.jobs;

import java.time.Duration;

/** Counts the handlers at work, for whoever must wait until none is. Thread-safe. */
final class ActiveJobs {
    private int count;

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
