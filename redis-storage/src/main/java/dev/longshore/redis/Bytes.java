package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How values stand in Redis. */
final class Bytes {
    static final byte[] NONE = {};

    private Bytes() {}

    static byte[] of(String text) {
        return text.getBytes(UTF_8);
    }

    static byte[] of(long number) {
        return Long.toString(number).getBytes(UTF_8);
    }

    static String text(Object bytes) {
        return new String((byte[]) bytes, UTF_8);
    }

    /** A number of Redis, which gives integers as such and scores as text. */
    static long number(Object value) {
        return value instanceof Long number ? number : (long) Double.parseDouble(text(value));
    }

    /** The 16 bytes of an id: a third of its text. */
    static byte[] of(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    static UUID uuid(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    /** The id for messages: as hexadecimal digits if it is none of a job. */
    static String idText(byte[] id) {
        return id.length == 16 ? uuid(id).toString() : HexFormat.of().formatHex(id);
    }

    /** The id that {@link #idText} gave. */
    static byte[] idOf(String text) {
        return text.length() == 36 ? of(UUID.fromString(text)) : HexFormat.of().parseHex(text);
    }

    /** Microseconds since 1970: what a score, a double, holds exactly until the year 2255. */
    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /** Texts in one value, each after its length. Null stays null. */
    static byte[] join(List<@Nullable String> texts) {
        List<byte[]> parts = new ArrayList<>();
        int size = 0;
        for (String text : texts) {
            byte[] part = text == null ? NONE : of(text);
            parts.add(part);
            size += Integer.BYTES + part.length;
        }
        ByteBuffer buffer = ByteBuffer.allocate(size);
        for (int i = 0; i < parts.size(); i++) {
            buffer.putInt(texts.get(i) == null ? -1 : parts.get(i).length).put(parts.get(i));
        }
        return buffer.array();
    }

    /**
     * What {@link #join} put together.
     *
     * @throws IllegalArgumentException if it is not that
     */
    static List<@Nullable String> split(byte[] value) {
        ByteBuffer buffer = ByteBuffer.wrap(value);
        List<@Nullable String> texts = new ArrayList<>();
        try {
            while (buffer.hasRemaining()) {
                int length = buffer.getInt();
                if (length > buffer.remaining()) {
                    throw new IllegalArgumentException("a text of " + length + " bytes in " + buffer.remaining());
                }
                if (length < 0) {
                    texts.add(null);
                } else {
                    byte[] part = new byte[length];
                    buffer.get(part);
                    texts.add(new String(part, UTF_8));
                }
            }
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("cut off", e);
        }
        return texts;
    }
}
