package dev.longshore.step;

/**
 * What a container may use.
 *
 * @param memoryBytes memory, swap included
 * @param cpus processors, for example 1.5
 * @param pids processes and threads
 */
public record ContainerLimits(long memoryBytes, double cpus, int pids) {
    public static final ContainerLimits DEFAULT = new ContainerLimits(2L << 30, 2.0, 256);
}
