package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.jobrunr.jobs.states.ProcessingState;

/**
 * Who runs a job: what its PROCESSING state says, kept beside the job so that claiming it need not rewrite it.
 *
 * @param since to the microsecond
 */
record Claim(UUID server, Instant since, String serverName) {
    private static final int FIXED = 16 + Double.BYTES;

    static Claim of(ProcessingState state) {
        return new Claim(state.getServerId(), state.getCreatedAt(), state.getServerName());
    }

    static Claim of(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        UUID server = new UUID(buffer.getLong(), buffer.getLong());
        Instant since = Bytes.instant((long) buffer.getDouble());
        return new Claim(server, since, new String(Arrays.copyOfRange(bytes, FIXED, bytes.length), UTF_8));
    }

    byte[] bytes() {
        byte[] name = serverName.getBytes(UTF_8);
        return ByteBuffer.allocate(FIXED + name.length)
                .putLong(server.getMostSignificantBits())
                .putLong(server.getLeastSignificantBits())
                .putDouble((double) Bytes.micros(since))
                .put(name)
                .array();
    }
}
