package dev.longshore.docker;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A token bucket: each call takes its turn, and is told how long that is away. Thread-safe.
 *
 * <p>Resilience4j's was tried (docs/development.md): it counts calls by period, so it has no burst apart from the rate, and a call that
 * it refuses is not told how long to wait.
 */
final class RateLimit {
    private final ConnectionSettings.Rate settings;
    private final LongSupplier nanos;
    private final long interval;
    /** When the bucket would be empty if nothing had been taken since; runs ahead of the clock by what has been reserved. */
    private long next;

    RateLimit(ConnectionSettings.Rate settings, LongSupplier nanos) {
        this.settings = settings;
        this.nanos = nanos;
        this.interval = 1_000_000_000L / settings.perSecond();
        this.next = nanos.getAsLong() - full();
    }

    /** What came of asking: wait this long and go, or do not go and come back after that long. */
    record Turn(boolean granted, Duration in) {}

    /** @param longest how long the caller would wait */
    synchronized Turn take(Duration longest) {
        long now = nanos.getAsLong();
        if (now - next > full()) {
            next = now - full();
        }
        Duration wait = Duration.ofNanos(Math.max(0, next + interval - now));
        if (wait.compareTo(shorter(longest, settings.patience())) > 0) {
            return new Turn(false, wait);
        }
        next += interval;
        return new Turn(true, wait);
    }

    private long full() {
        return interval * settings.burst();
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** In words, for who is refused. */
    String words() {
        return "this guard's limit of " + settings.perSecond() + " calls a second";
    }
}
