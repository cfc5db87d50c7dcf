package dev.longshore.docker;

/**
 * Above which use of a container somebody is told.
 *
 * @param cpuPercent of the processors it may use
 * @param memoryPercent of its memory limit
 * @param diskBytesPerSecond read and written together
 * @param networkBytesPerSecond received and sent together
 */
public record StatsThresholds(
        double cpuPercent, double memoryPercent, long diskBytesPerSecond, long networkBytesPerSecond) {
    /** 80 % of the processors, 85 % of the memory, 100 MiB/s of disk, 50 MiB/s of network. */
    public static final StatsThresholds STANDARD = new StatsThresholds(80, 85, 100L << 20, 50L << 20);

    public StatsThresholds {
        if (!(cpuPercent > 0 && memoryPercent > 0 && diskBytesPerSecond > 0 && networkBytesPerSecond > 0)) {
            throw new IllegalArgumentException("thresholds must be above 0");
        }
    }
}
