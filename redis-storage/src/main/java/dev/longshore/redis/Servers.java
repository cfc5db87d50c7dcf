package dev.longshore.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jobrunr.storage.BackgroundJobServerStatus;
import org.jobrunr.storage.ServerTimedOutException;
import org.jobrunr.storage.StorageException;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/** The servers that JobRunr's own heartbeat tells of. There are few: each is a field of one hash. */
final class Servers {
    private static final byte[] IF_THERE = Bytes.of("if there");

    /** Of a server that stops: for a Redis that was well until now, and for one that is known to be away. */
    private static final Duration LAST_PATIENCE = Duration.ofSeconds(5);

    private static final Duration LEAST_PATIENCE = Duration.ofMillis(500);

    private final Redis redis;
    private final Keys keys;

    Servers(Redis redis, Keys keys) {
        this.redis = redis;
        this.keys = keys;
    }

    void announce(BackgroundJobServerStatus status) {
        write(status, Bytes.NONE);
    }

    boolean alive(BackgroundJobServerStatus status) {
        if (!write(status, IF_THERE)) {
            throw new ServerTimedOutException(
                    status, new StorageException("the server was removed, as its heartbeat had been too long ago"));
        }
        return status.isRunning();
    }

    private boolean write(BackgroundJobServerStatus status, byte[] condition) {
        return (Long) redis.call(
                        Scripts.SERVER,
                        keys.all(),
                        List.of(Bytes.of("write"), Bytes.of(status.getId()), write(status), condition))
                == 1;
    }

    /** Removes a server that stops; jobs that its session should still have are lost from now on. */
    void remove(UUID id, @Nullable ServerSession session) {
        byte[] holder = session == null ? Bytes.NONE : Bytes.of(session.holder());
        // One that is not removed is taken for dead a heartbeat later, which is nothing to keep a process from ending
        // for.
        boolean away = redis.outages().current() != null;
        redis.call(
                Scripts.SERVER,
                keys.all(),
                List.of(Bytes.of("remove"), Bytes.of(id), holder),
                Patience.of(away ? LEAST_PATIENCE : LAST_PATIENCE));
    }

    /** The one that started first is first. */
    List<BackgroundJobServerStatus> all() {
        List<?> fields = (List<?>) redis.command(Command.HVALS, keys.of("servers"));
        return fields.stream()
                .map(value -> read((byte[]) value))
                .sorted(Comparator.comparing(BackgroundJobServerStatus::getFirstHeartbeat))
                .toList();
    }

    int removeOlderThan(Instant heartbeat) {
        List<BackgroundJobServerStatus> old = all().stream()
                .filter(status -> status.getLastHeartbeat().isBefore(heartbeat))
                .toList();
        if (old.isEmpty()) {
            return 0;
        }
        List<byte[]> arguments = Stream.concat(
                        Stream.of(Bytes.of("prune")), old.stream().map(status -> Bytes.of(status.getId())))
                .toList();
        return Math.toIntExact((Long) redis.call(Scripts.SERVER, keys.all(), arguments));
    }

    private static byte[] write(BackgroundJobServerStatus status) {
        return Bytes.join(Stream.of(
                        status.getId(),
                        status.getName(),
                        status.getWorkerPoolSize(),
                        status.getPollIntervalInSeconds(),
                        status.getDeleteSucceededJobsAfter(),
                        status.getPermanentlyDeleteDeletedJobsAfter(),
                        status.getFirstHeartbeat(),
                        status.getLastHeartbeat(),
                        status.isRunning(),
                        status.getSystemTotalMemory(),
                        status.getSystemFreeMemory(),
                        status.getSystemCpuLoad(),
                        status.getProcessMaxMemory(),
                        status.getProcessFreeMemory(),
                        status.getProcessAllocatedMemory(),
                        status.getProcessCpuLoad())
                .map(value -> Objects.toString(value, null))
                .toList());
    }

    private static BackgroundJobServerStatus read(byte[] value) {
        Fields fields = new Fields(Bytes.split(value));
        return new BackgroundJobServerStatus(
                UUID.fromString(fields.next()),
                fields.next(),
                Integer.parseInt(fields.next()),
                Integer.parseInt(fields.next()),
                Duration.parse(fields.next()),
                Duration.parse(fields.next()),
                Instant.parse(fields.next()),
                Instant.parse(fields.next()),
                Boolean.parseBoolean(fields.next()),
                fields.number(),
                fields.number(),
                fields.load(),
                fields.number(),
                fields.number(),
                fields.number(),
                fields.load());
    }

    private static final class Fields {
        private final List<@Nullable String> values;
        private int at;

        Fields(List<@Nullable String> values) {
            this.values = values;
        }

        String next() {
            return Objects.requireNonNull(values.get(at++), "a field of a server is missing");
        }

        Long number() {
            return Long.valueOf(next());
        }

        Double load() {
            return Double.valueOf(next());
        }
    }
}
