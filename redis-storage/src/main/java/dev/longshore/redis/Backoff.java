package dev.longshore.redis;

import java.util.concurrent.ThreadLocalRandom;

/**
 * The pauses between attempts: any length up to a bound that doubles. Drawn over the whole range, so that the many that saw
 * Redis go do not all come back at once.
 */
final class Backoff {
    private final long longestNanos;
    private long boundNanos;

    Backoff(RedisSettings settings) {
        this.longestNanos = settings.longestBackoff().toNanos();
        this.boundNanos = settings.firstBackoff().toNanos();
    }

    long nextNanos() {
        long pause = ThreadLocalRandom.current().nextLong(boundNanos) + 1;
        boundNanos = Math.min(longestNanos, boundNanos * 2);
        return pause;
    }
}
