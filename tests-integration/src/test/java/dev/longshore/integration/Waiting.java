package dev.longshore.integration;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waits for what another process does, and which it tells nobody of. */
final class Waiting {
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    private Waiting() {}

    interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    static void until(Condition condition, String what) throws IOException, InterruptedException {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not after " + DEADLINE.toSeconds() + " s: " + what);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
