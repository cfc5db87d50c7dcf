package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.docker.policy.Amounts;
import dev.longshore.docker.policy.Decision;
import dev.longshore.docker.policy.LimitRules;
import dev.longshore.docker.policy.Place;
import dev.longshore.docker.policy.Quotas;
import dev.longshore.docker.policy.Quotas.Quota;
import dev.longshore.docker.policy.Rule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;

/**
 * What an owner's containers on one daemon have been granted, over all guards of this process. What the daemon has besides (of a
 * process that was killed, or of another of the same owner) is counted by the labels it bears; two processes that ask at the same
 * moment may each get the last of it.
 */
final class QuotaLedger {
    private static final Map<String, QuotaLedger> LEDGERS = new ConcurrentHashMap<>();

    private final Map<String, Share> granted = new LinkedHashMap<>();

    /** What one container has of it. */
    record Share(String run, long cpus, long memory) {
        static Share of(ContainerRequest request) {
            Limits limits = request.limits();
            return new Share(request.run(), Math.round(limits.cpus() * 1e9), limits.memoryBytes());
        }
    }

    /**
     * What would be too much.
     *
     * @param left what is still to be had
     * @param lasting whether it is more than all of the quota: then there is nothing to wait for
     */
    record Excess(Rule rule, String quota, String asked, String left, boolean lasting, Place where) {
        Decision decision() {
            String most = lasting ? left + " is all there is" : left + " left";
            return Decision.deny(rule, "quota", quota + ": " + asked + " asked for, " + most, where);
        }
    }

    static QuotaLedger of(DaemonConnection daemon) {
        String key = daemon.settings().owner().id() + "\n" + daemon.endpoint();
        return LEDGERS.computeIfAbsent(key, unseen -> new QuotaLedger());
    }

    /** The containers that the daemon lists as this owner's and that have not ended, by name. */
    static Map<String, Share> listed(JsonNode containers) {
        Map<String, Share> shares = new LinkedHashMap<>();
        for (JsonNode container : containers) {
            String name = container.path("Names").path(0).asText("").replaceFirst("^/", "");
            String state = container.path("State").asText("");
            JsonNode labels = container.path("Labels");
            boolean ended = state.equals("exited") || state.equals("dead");
            // One that only holds volumes while they are filled never runs.
            if (name.startsWith(Containers.PREFIX) && !ended && !name.endsWith(VolumeCourier.HOLDER)) {
                shares.put(
                        name,
                        new Share(
                                labels.path(Owner.RUN_LABEL).asText(""),
                                labels.path(Owner.CPUS_LABEL).asLong(),
                                labels.path(Owner.MEMORY_LABEL).asLong()));
            }
        }
        return shares;
    }

    /**
     * Grants a container its share, unless that were too much: then says of what.
     *
     * @param others what the daemon lists
     */
    synchronized Optional<Excess> grant(Quotas quotas, String name, Share share, Map<String, Share> others) {
        Optional<Excess> denied = denied(quotas, share, others);
        if (denied.isEmpty()) {
            granted.put(name, share);
        }
        return denied;
    }

    /** What {@link #grant} would say, and nothing granted. */
    synchronized Optional<Excess> denied(Quotas quotas, Share share, Map<String, Share> others) {
        Map<String, Share> all = new LinkedHashMap<>(others);
        all.putAll(granted);
        List<Share> inUse = new ArrayList<>(all.values());
        List<Share> ofRun =
                inUse.stream().filter(one -> one.run().equals(share.run())).toList();
        // What never fits comes first: the other quota may be full, and nobody is to wait for that in vain.
        return denied(quotas, share, List.of(), List.of()).or(() -> denied(quotas, share, ofRun, inUse));
    }

    synchronized void release(String name) {
        granted.remove(name);
    }

    private static Optional<Excess> denied(Quotas quotas, Share share, List<Share> ofRun, List<Share> inUse) {
        return denied(Rule.QUOTA_RUN, "this run", quotas.run(), share, ofRun)
                .or(() -> denied(Rule.QUOTA_WORKER, "this worker", quotas.worker(), share, inUse));
    }

    private static Optional<Excess> denied(Rule rule, String who, Quota quota, Share share, List<Share> inUse) {
        long cpus = inUse.stream().mapToLong(Share::cpus).sum();
        long memory = inUse.stream().mapToLong(Share::memory).sum();
        return over(rule, who + ": containers", quota, quota.containers(), inUse.size(), 1, Long::toString)
                .or(() ->
                        over(rule, who + ": processors", quota, quota.cpus(), cpus, share.cpus(), Amounts::formatCpus))
                .or(() -> over(
                        rule, who + ": memory", quota, quota.memory(), memory, share.memory(), Amounts::formatBytes));
    }

    private static Optional<Excess> over(
            Rule rule, String what, Quota quota, long most, long inUse, long more, LongFunction<String> format) {
        // Neither sum can overflow: no limit is near the end of its type, and there are few containers.
        if (most == LimitRules.UNLIMITED || inUse + more <= most) {
            return Optional.empty();
        }
        return Optional.of(new Excess(
                rule, what, format.apply(more), format.apply(Math.max(0, most - inUse)), more > most, quota.where()));
    }
}
