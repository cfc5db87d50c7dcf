package dev.longshore.docker;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waits for what the kernel or a daemon does and tells nobody of: there is nothing to do but look again. */
final class Waiting {
    private static final int LOOK_EVERY_MILLIS = 20;

    private Waiting() {}

    interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    /** Returns whether the condition came to hold within the time. */
    static boolean until(Duration within, Condition condition) throws IOException, InterruptedException {
        long end = System.nanoTime() + within.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
        }
        return true;
    }
}
