package dev.longshore.docker;

/**
 * What a container may use of the host.
 *
 * @param memoryBytes memory of all its processes and of its {@code /tmp}, swap included; at least 8 MiB
 * @param cpus processors, fractions allowed; above 0
 * @param pids processes and threads, the init process included; at least 2
 * @param tmpBytes size of the {@code /tmp} held in memory; at least 64 KiB
 */
public record Limits(long memoryBytes, double cpus, int pids, long tmpBytes) {
    private static final long MIB = 1L << 20;

    /** 2 GiB of memory, one processor, 256 processes, 256 MiB of {@code /tmp}. */
    public static final Limits DEFAULT = new Limits(2048 * MIB, 1.0, 256, 256 * MIB);

    public Limits {
        if (memoryBytes < 8 * MIB) {
            throw new IllegalArgumentException("the memory limit must be at least 8 MiB: " + memoryBytes + " bytes");
        }
        if (!(cpus >= 0.01 && cpus <= 4096)) {
            throw new IllegalArgumentException("the cpu limit must be 0.01 to 4096: " + cpus);
        }
        if (pids < 2 || pids > 1 << 22) {
            throw new IllegalArgumentException("the process limit must be 2 to 4194304: " + pids);
        }
        if (tmpBytes < 64 << 10) {
            throw new IllegalArgumentException("the size of /tmp must be at least 64 KiB: " + tmpBytes + " bytes");
        }
    }

    public Limits withMemoryBytes(long bytes) {
        return new Limits(bytes, cpus, pids, tmpBytes);
    }

    public Limits withCpus(double count) {
        return new Limits(memoryBytes, count, pids, tmpBytes);
    }

    public Limits withPids(int count) {
        return new Limits(memoryBytes, cpus, count, tmpBytes);
    }

    public Limits withTmpBytes(long bytes) {
        return new Limits(memoryBytes, cpus, pids, bytes);
    }
}
