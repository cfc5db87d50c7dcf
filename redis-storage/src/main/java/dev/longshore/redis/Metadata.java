package dev.longshore.redis;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jobrunr.storage.JobRunrMetadata;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/** What JobRunr notes of the cluster: some dozens of entries at most, each a field of one hash. */
final class Metadata {
    private final Redis redis;
    private final byte[] key;

    Metadata(Redis redis, Keys keys) {
        this.redis = redis;
        this.key = keys.metadata();
    }

    void save(JobRunrMetadata metadata) {
        redis.command(Command.HSET, key, Bytes.of(metadata.getId()), write(metadata));
    }

    /** Those of that name, the one that was updated first first. */
    List<JobRunrMetadata> list(String name) {
        List<?> values = (List<?>) redis.command(Command.HVALS, key);
        return values.stream()
                .map(value -> read((byte[]) value))
                .filter(metadata -> metadata.getName().equals(name))
                .sorted(Comparator.comparing(JobRunrMetadata::getUpdatedAt))
                .toList();
    }

    @Nullable JobRunrMetadata find(String name, String owner) {
        byte[] value = (byte[]) redis.command(Command.HGET, key, Bytes.of(JobRunrMetadata.toId(name, owner)));
        return value == null ? null : read(value);
    }

    /** Removes those; answers whether there were any. */
    boolean delete(List<JobRunrMetadata> metadata) {
        if (metadata.isEmpty()) {
            return false;
        }
        byte[][] arguments = Stream.concat(Stream.of(key), metadata.stream().map(entry -> Bytes.of(entry.getId())))
                .toArray(byte[][]::new);
        return (Long) redis.command(Command.HDEL, arguments) > 0;
    }

    boolean delete(String name, String owner) {
        return (Long) redis.command(Command.HDEL, key, Bytes.of(JobRunrMetadata.toId(name, owner))) > 0;
    }

    private static byte[] write(JobRunrMetadata metadata) {
        return Bytes.join(Stream.of(
                        metadata.getName(),
                        metadata.getOwner(),
                        metadata.getValue(),
                        metadata.getCreatedAt(),
                        metadata.getUpdatedAt())
                .map(value -> Objects.toString(value, null))
                .toList());
    }

    private static JobRunrMetadata read(byte[] value) {
        List<@Nullable String> fields = Bytes.split(value);
        return new JobRunrMetadata(
                requireNonNull(fields.get(0)),
                requireNonNull(fields.get(1)),
                fields.get(2),
                Instant.parse(requireNonNull(fields.get(3))),
                Instant.parse(requireNonNull(fields.get(4))));
    }
}
