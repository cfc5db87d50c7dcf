package dev.longshore.redis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Which queues a worker takes jobs from, and which of them first. */
public final class QueueSelection {
    private final List<String> strict;
    private final Map<String, Integer> weights;

    private QueueSelection(List<String> strict, Map<String, Integer> weights) {
        this.strict = strict;
        this.weights = weights;
    }

    /** Every queue there is, each as often first as the others. */
    public static QueueSelection all() {
        return new QueueSelection(List.of(), Map.of());
    }

    /** These queues: jobs of a later one only while nothing waits in those before it. */
    public static QueueSelection inOrder(List<String> queues) {
        if (queues.isEmpty()) {
            throw new IllegalArgumentException("no queue");
        }
        return new QueueSelection(List.copyOf(queues), Map.of());
    }

    /** These queues, none of which starves: the more weight one has, the more often it is asked first. */
    public static QueueSelection byWeight(Map<String, Integer> weights) {
        if (weights.isEmpty() || weights.values().stream().anyMatch(weight -> weight < 1 || weight > 1000)) {
            throw new IllegalArgumentException("weights are 1 to 1000, not " + weights);
        }
        return new QueueSelection(List.of(), Map.copyOf(weights));
    }

    /** The queues, in no order; empty: all. */
    Optional<Set<String>> names() {
        if (weights.isEmpty()) {
            return strict.isEmpty() ? Optional.empty() : Optional.of(Set.copyOf(strict));
        }
        return Optional.of(weights.keySet());
    }

    /** The order for one look; empty: all queues. */
    List<String> inOrder() {
        if (weights.isEmpty()) {
            return strict;
        }
        // A race of exponential clocks: each next one is chosen with the chance that its weight gives it of those left.
        Map<String, Double> arrivals = new HashMap<>();
        weights.forEach((queue, weight) ->
                arrivals.put(queue, -Math.log(1 - ThreadLocalRandom.current().nextDouble()) / weight));
        return arrivals.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public String toString() {
        return weights.isEmpty() ? strict.isEmpty() ? "all queues" : strict.toString() : weights.toString();
    }
}
