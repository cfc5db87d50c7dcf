package dev.longshore.redis;

import java.util.Map;
import java.util.stream.Collectors;
import org.jobrunr.storage.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Protocol.Command;

/** Whether jobs are safe on the Redis that is there. Asked when a server starts. */
final class ServerCheck {
    private static final Logger LOG = LoggerFactory.getLogger(ServerCheck.class);

    private ServerCheck() {}

    /**
     * Looks at what INFO says; warns of what may lose jobs.
     *
     * @throws StorageException if the scripts cannot run there
     */
    static void of(Redis redis, Keys keys) {
        Map<String, String> info = Bytes.text(redis.command(Command.INFO))
                .lines()
                .map(line -> line.strip().split(":", 2))
                .filter(field -> field.length == 2)
                .collect(Collectors.toMap(field -> field[0], field -> field[1], (first, second) -> first));
        String version = info.getOrDefault("redis_version", "");
        if (isOlder(version)) {
            throw new StorageException("Redis 6.2 or newer is needed, and this is " + version);
        }
        String policy = info.getOrDefault("maxmemory_policy", "noeviction");
        if (!info.getOrDefault("maxmemory", "0").equals("0") && !policy.equals("noeviction")) {
            LOG.warn(
                    "Redis may throw jobs of {} away when its memory is full: its maxmemory-policy is {}; set noeviction",
                    keys,
                    policy);
        }
    }

    private static boolean isOlder(String version) {
        String[] parts = version.split("\\.", 3);
        if (parts.length < 2 || !(parts[0] + parts[1]).matches("\\d{2,6}")) {
            return false;
        }
        int major = Integer.parseInt(parts[0]);
        return major < 6 || (major == 6 && Integer.parseInt(parts[1]) < 2);
    }
}
