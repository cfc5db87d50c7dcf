package dev.longshore.redis;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Waits for what tells nobody that it has happened: what another process did, what Redis reports of itself, what a thread of
 * JobRunr's stored. Where there is a signal, tests wait for that instead.
 */
final class Waiting {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final long LOOK_MILLIS = 2;

    private Waiting() {}

    @FunctionalInterface
    interface Condition {
        boolean holds() throws Exception;
    }

    /** Returns when the condition holds; fails, naming it, if it does not in 30 seconds. */
    static void until(Condition condition, String what) {
        until(condition, DEADLINE, what);
    }

    static void until(Condition condition, Duration deadline, String what) {
        long end = System.nanoTime() + deadline.toNanos();
        try {
            while (!condition.holds()) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("not after " + deadline.toMillis() + " ms: " + what);
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting: " + what, e);
        } catch (Exception e) {
            throw new AssertionError("failed while waiting: " + what, e);
        }
    }

    /** Lets time pass in which nothing may happen, or in which something is to run out: nothing tells of either. */
    static void pass(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }
}
