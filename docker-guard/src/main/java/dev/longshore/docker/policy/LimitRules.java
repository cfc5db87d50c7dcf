package dev.longshore.docker.policy;

/**
 * What a container may use of each resource, and gets where its request does not say.
 *
 * @param memory bytes, swap included
 * @param cpus billionths of a processor
 * @param pids processes and threads
 * @param tmp bytes of the {@code /tmp} in memory
 * @param deadline milliseconds
 * @param output bytes of one output directory
 * @param files files and directories in one output directory
 */
public record LimitRules(Bound memory, Bound cpus, Bound pids, Bound tmp, Bound deadline, Bound output, Bound files) {
    /** No bound but what the daemon can take. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /**
     * A bound on one resource.
     *
     * @param standard what a request gets that does not say; 0 where every request says
     * @param most what a request may ask for
     */
    public record Bound(long standard, long most, Place where) {
        public boolean allows(long value) {
            return value <= most;
        }
    }
}
