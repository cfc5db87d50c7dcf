package dev.longshore.worker.pool;

import dev.longshore.redis.LivingServer;
import java.util.List;
import java.util.Optional;

/**
 * What keeps a run waiting although nothing is wrong with it: no worker of its pool is alive that takes what it needs next.
 *
 * @param message what is missing
 * @param command starts such a worker
 */
public record Shortage(String message, String command) {
    /**
     * Looks for one.
     *
     * @param queues those that the run's next jobs wait in
     * @param workers those that are alive
     */
    static Optional<Shortage> of(Pool.Settings pool, List<String> queues, List<LivingServer> workers) {
        List<String> untaken = queues.stream()
                .filter(queue -> workers.stream().noneMatch(worker -> worker.takesFrom(queue)))
                .toList();
        if (untaken.isEmpty()) {
            return Optional.empty();
        }
        String start = "longshore worker --redis " + pool.redis()
                + (pool.name().equals(Pool.STANDARD_NAME) ? "" : " --redis-prefix " + pool.name());
        if (workers.isEmpty()) {
            return Optional.of(new Shortage("no worker of pool " + pool.name() + " is alive", start));
        }
        String names = String.join(",", untaken);
        return Optional.of(new Shortage(
                "no living worker of pool " + pool.name() + " takes jobs from " + names + " (" + workers.size()
                        + (workers.size() == 1 ? " is" : " are") + " alive)",
                start + " --queues " + names));
    }

    @Override
    public String toString() {
        return message + "; start one: " + command;
    }
}
