package dev.longshore.docker.policy;

/** What may be in use at one time, over all containers of a run, and over all of a worker. */
public record Quotas(Quota run, Quota worker) {
    /**
     * A quota on three resources, each {@link LimitRules#UNLIMITED} or a bound.
     *
     * @param containers how many
     * @param cpus the sum of their limits, in billionths of a processor
     * @param memory the sum of their limits, in bytes
     */
    public record Quota(long containers, long cpus, long memory, Place where) {
        public boolean unlimited() {
            return containers == LimitRules.UNLIMITED && cpus == LimitRules.UNLIMITED && memory == LimitRules.UNLIMITED;
        }
    }

    public boolean unlimited() {
        return run.unlimited() && worker.unlimited();
    }
}
