package dev.longshore.docker;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waiting that an interrupt does not cut short: for cleaning up after one. The thread is interrupted again afterwards. */
final class Pause {
    private Pause() {}

    static void uninterruptibly(Duration duration) {
        untilDone(new CompletableFuture<Void>(), duration);
    }

    /** Waits until the future is done, however it ends, or the time is up. */
    static void untilDone(CompletableFuture<?> future, Duration longest) {
        long end = System.nanoTime() + longest.toNanos();
        boolean interrupted = false;
        boolean waiting = true;
        while (waiting) {
            try {
                future.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
                waiting = false;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException | TimeoutException e) {
                // Either way the wait is over; how the future ended is for its owner to read.
                waiting = false;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until a thread has ended; does nothing on that thread itself. */
    static void untilEnded(Thread thread, Duration longest) {
        long end = System.nanoTime() + longest.toNanos();
        boolean interrupted = false;
        while (thread.isAlive() && thread != Thread.currentThread() && System.nanoTime() < end) {
            try {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
