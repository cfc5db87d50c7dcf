package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import redis.clients.jedis.Protocol.Command;

/** Whether everything in a store agrees with its jobs: each stands in the indices of its state, and in no other. */
final class StoreCheck {
    private final Redis redis;
    private final String prefix;
    private final List<String> faults = new ArrayList<>();

    private StoreCheck(Redis redis, String prefix) {
        this.redis = redis;
        this.prefix = prefix;
    }

    /** What is wrong with it; empty if nothing is. To be asked while nobody changes the store. */
    static List<String> faultsOf(Redis redis, String name) {
        StoreCheck check = new StoreCheck(redis, "{" + name + "}:");
        check.check();
        return check.faults;
    }

    private void check() {
        Map<String, Set<UUID>> expected = new TreeMap<>();
        Map<String, Long> counts = new TreeMap<>();
        Map<Integer, Long> running = new TreeMap<>();
        Set<UUID> processing = new HashSet<>();
        Map<String, byte[]> queues = hash("queues");
        for (Map.Entry<UUID, ByteBuffer> job : jobs().entrySet()) {
            ByteBuffer head = job.getValue();
            char state = (char) head.get(0);
            int signature = head.getInt(5);
            int queue = head.getShort(9);
            String index = state == 'E' ? "queue:" + new String(queues.get("name:" + queue), UTF_8) : "state:" + state;
            expected.computeIfAbsent(index, key -> new HashSet<>()).add(job.getKey());
            if (state == 'S') {
                expected.computeIfAbsent("scheduled", key -> new HashSet<>()).add(job.getKey());
            }
            if (state == 'P') {
                processing.add(job.getKey());
                running.merge(queue, 1L, Long::sum);
            }
            counts.merge("" + state + signature, 1L, Long::sum);
        }
        for (String index : indices(queues)) {
            compare(index, expected.getOrDefault(index, Set.of()), members(index));
        }
        compare("claims", processing, ids(list(Command.HKEYS, "claims")));
        compareCounts("counts", counts, numbers(hash("counts"), ""));
        Map<String, Long> runningByName = new TreeMap<>();
        running.forEach((queue, count) -> runningByName.put(queue.toString(), count));
        compareCounts("running", runningByName, numbers(queues, "running:"));
    }

    private static List<String> indices(Map<String, byte[]> queues) {
        List<String> indices = new ArrayList<>(List.of("scheduled"));
        for (char state : "ASPUFD".toCharArray()) {
            indices.add("state:" + state);
        }
        queues.forEach((field, value) -> {
            if (field.startsWith("name:")) {
                indices.add("queue:" + new String(value, UTF_8));
            }
        });
        return indices;
    }

    private void compare(String index, Set<UUID> expected, Set<UUID> found) {
        difference(expected, found).forEach(id -> faults.add(id + " is missing in " + index));
        difference(found, expected).forEach(id -> faults.add(id + " should not be in " + index));
    }

    private void compareCounts(String what, Map<String, Long> expected, Map<String, Long> found) {
        if (!expected.equals(found)) {
            faults.add(what + " are " + found + " instead of " + expected);
        }
    }

    private static Set<UUID> difference(Set<UUID> some, Set<UUID> others) {
        Set<UUID> rest = new HashSet<>(some);
        rest.removeAll(others);
        return rest;
    }

    private static Map<String, Long> numbers(Map<String, byte[]> fields, String start) {
        Map<String, Long> numbers = new TreeMap<>();
        fields.forEach((field, value) -> {
            long number = field.startsWith(start) ? Long.parseLong(new String(value, UTF_8)) : 0;
            if (number != 0) {
                numbers.put(field.substring(start.length()), number);
            }
        });
        return numbers;
    }

    private Map<UUID, ByteBuffer> jobs() {
        Map<UUID, ByteBuffer> jobs = new HashMap<>();
        List<?> pairs = list(Command.HGETALL, "jobs");
        for (int i = 0; i < pairs.size(); i += 2) {
            jobs.put(Bytes.uuid((byte[]) pairs.get(i)), ByteBuffer.wrap((byte[]) pairs.get(i + 1)));
        }
        return jobs;
    }

    private Map<String, byte[]> hash(String key) {
        Map<String, byte[]> fields = new HashMap<>();
        List<?> pairs = list(Command.HGETALL, key);
        for (int i = 0; i < pairs.size(); i += 2) {
            fields.put(new String((byte[]) pairs.get(i), UTF_8), (byte[]) pairs.get(i + 1));
        }
        return fields;
    }

    private Set<UUID> members(String index) {
        return ids(list(Command.ZRANGE, index, "0", "-1"));
    }

    private static Set<UUID> ids(List<?> members) {
        Set<UUID> ids = new HashSet<>();
        members.forEach(member -> ids.add(Bytes.uuid((byte[]) member)));
        return ids;
    }

    private List<?> list(Command command, String key, String... arguments) {
        byte[][] all = new byte[arguments.length + 1][];
        all[0] = (prefix + key).getBytes(UTF_8);
        for (int i = 0; i < arguments.length; i++) {
            all[i + 1] = arguments[i].getBytes(UTF_8);
        }
        return (List<?>) redis.command(command, all);
    }
}
