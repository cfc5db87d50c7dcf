package dev.longshore.worker.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Between its making and its closing, SIGINT and SIGTERM cancel what runs, and the process waits for it to clean up
 * before it ends (with 130 or 143, which the JVM sees to).
 */
final class Interrupts implements AutoCloseable {
    /** Longer than any cleaning up takes, and shorter than what is patient with a process that was told to end. */
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook;

    Interrupts(Runnable cancel) {
        this.hook = new Thread(() -> cancelAndWait(cancel), "longshore-interrupt");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void cancelAndWait(Runnable cancel) {
        if (closed.getCount() == 0) {
            return;
        }
        cancel.run();
        try {
            if (!closed.await(LONGEST.toMillis(), TimeUnit.MILLISECONDS)) {
                System.err.println("longshore: still cleaning up after " + LONGEST.toSeconds()
                        + " s; the next run will do the rest");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending: the hook runs, and has just been told that it need not wait.
            return;
        }
    }
}
