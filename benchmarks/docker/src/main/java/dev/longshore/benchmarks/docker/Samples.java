package dev.longshore.benchmarks.docker;

import java.util.Arrays;

/** Times of one operation through one client, in nanoseconds. */
final class Samples {
    private final long[] times;
    private int count;

    Samples(int most) {
        times = new long[most];
    }

    void add(long nanos) {
        times[count++] = nanos;
    }

    /** Milliseconds, by the nearest rank. */
    double percentile(double percent) {
        long[] sorted = Arrays.copyOf(times, count);
        Arrays.sort(sorted);
        int rank = (int) Math.ceil(percent / 100 * count);
        return sorted[Math.max(0, rank - 1)] / 1e6;
    }
}
