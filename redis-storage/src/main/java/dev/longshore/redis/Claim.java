package dev.longshore.redis;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;
import org.jobrunr.jobs.states.ProcessingState;

/**
 * Who has a job since when: what its PROCESSING state says, kept beside the job so that claiming it need not rewrite it.
 *
 * @param holder a {@link ServerSession}, or a server that saved the job as PROCESSING by itself
 * @param since to the microsecond
 * @param server one of JobRunr's; the holder if nothing else is known
 */
record Claim(UUID holder, Instant since, UUID server, String serverName) {
    private static final int SIZE = 16 + Double.BYTES;

    static Claim by(UUID holder, Instant since) {
        return new Claim(holder, since, holder, "unknown");
    }

    static Claim of(ProcessingState state) {
        return new Claim(state.getServerId(), state.getCreatedAt(), state.getServerId(), state.getServerName());
    }

    /** A claim, and behind it what is known of its holder, if anything is. */
    static Claim of(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        UUID holder = new UUID(buffer.getLong(), buffer.getLong());
        Instant since = Bytes.instant((long) buffer.getDouble());
        if (!buffer.hasRemaining()) {
            return by(holder, since);
        }
        UUID server = new UUID(buffer.getLong(), buffer.getLong());
        byte[] name = new byte[buffer.remaining()];
        buffer.get(name);
        return new Claim(holder, since, server, LivingServer.of(name).name());
    }

    byte[] bytes() {
        return ByteBuffer.allocate(SIZE)
                .putLong(holder.getMostSignificantBits())
                .putLong(holder.getLeastSignificantBits())
                .putDouble((double) Bytes.micros(since))
                .array();
    }
}
