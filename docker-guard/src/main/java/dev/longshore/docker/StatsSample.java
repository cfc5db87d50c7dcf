package dev.longshore.docker;

import java.time.Instant;

/**
 * What a container used at one moment. Rates are averages since the sample before; the first one has none.
 *
 * @param at by the daemon's clock
 * @param cpuPercent of the processors it may use: 100 is all of its limit
 * @param memoryBytes in use, page cache that can be dropped left out
 * @param memoryPercent of its limit
 * @param diskBytes read from and written to block devices since its start
 * @param diskBytesPerSecond the same, as a rate
 * @param networkBytes received and sent since its start
 * @param networkBytesPerSecond the same, as a rate
 * @param pids its processes and threads
 */
public record StatsSample(
        Instant at,
        double cpuPercent,
        long memoryBytes,
        double memoryPercent,
        long diskBytes,
        long diskBytesPerSecond,
        long networkBytes,
        long networkBytesPerSecond,
        long pids) {}
