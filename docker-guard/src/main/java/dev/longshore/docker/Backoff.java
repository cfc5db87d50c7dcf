package dev.longshore.docker;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Growing pauses: the first, twice as long, and so on up to a longest, each a tenth longer or shorter by chance, so that many who
 * failed together do not come back together.
 *
 * <p>Resilience4j's {@code IntervalFunction} was tried (docs/development.md): at the longest pause it leaves nothing to chance, and it
 * takes the longer to compute the more failures there were.
 */
record Backoff(Duration first, Duration longest) {
    private static final double JITTER = 0.1;
    private static final int MOST_DOUBLINGS = 40;

    /** @param failures in a row, from 1 on */
    Duration pause(int failures) {
        double jitter = 1 + JITTER * (2 * ThreadLocalRandom.current().nextDouble() - 1);
        return Duration.ofNanos(Math.max(1, Math.round(exactly(failures).toNanos() * jitter)));
    }

    /** The pause without chance. */
    Duration exactly(int failures) {
        double grown = Math.scalb((double) first.toNanos(), Math.min(MOST_DOUBLINGS, Math.max(0, failures - 1)));
        return Duration.ofNanos((long) Math.min(grown, (double) longest.toNanos()));
    }
}
