package dev.longshore.worker.runs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.redis.Redis;
import dev.longshore.redis.Script;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What all processes of a pool must agree on, as Redis has it: field to value. */
public final class PoolRecord {
    private static final Script POOL = Script.fromResource(PoolRecord.class, "pool.lua");

    private final Redis redis;
    private final RunKeys keys;

    public PoolRecord(Redis redis, String prefix) {
        this.redis = redis;
        this.keys = new RunKeys(prefix);
    }

    /** Notes each field that nobody has noted yet; gives all as they are then. */
    public Map<String, String> agree(Map<String, String> fields) {
        return call("0", fields);
    }

    /** Notes each field, whatever was there; gives all as they are then. */
    public Map<String, String> replace(Map<String, String> fields) {
        return call("1", fields);
    }

    private Map<String, String> call(String replace, Map<String, String> fields) {
        List<byte[]> args = new ArrayList<>();
        args.add(replace.getBytes(UTF_8));
        fields.forEach((field, value) -> {
            args.add(field.getBytes(UTF_8));
            args.add(value.getBytes(UTF_8));
        });
        List<?> answer = (List<?>) redis.call(POOL, List.of(keys.pool()), args);
        Map<String, String> found = new HashMap<>();
        for (int i = 0; i < answer.size(); i += 2) {
            found.put(RunJson.text((byte[]) answer.get(i)), RunJson.text((byte[]) answer.get(i + 1)));
        }
        return found;
    }
}
