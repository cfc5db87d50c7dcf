package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/**
 * How a job's JSON is stored: a byte that names the format, the length of the text as a varint, and the text in {@link Lz}.
 *
 * <p>Most of a job's JSON is the same in every job, so that a dictionary which both sides know ({@link JobDictionary})
 * carries it. What was weighed, with JobRunr 8.7's Jackson mapper and a small request, on one core of a virtual machine,
 * JDK 17; a job is written twice and read once in its life:
 *
 * <pre>
 *                              waiting   succeeded   write, read, write
 *   JSON                         663 B      1067 B
 *   this class                   201 B       324 B   1.5 + 0.3 +  2.5 us
 *   Deflater 3, dictionary       173 B       267 B   8.2 + 2.6 +  9.3 us
 *   zstd 1 (JNI), dictionary     192 B       284 B   4.1 + 1.9 +  4.5 us
 * </pre>
 *
 * <p>Deflate's few bytes less cost a fifth of what a no-op job costs in all. It also keeps a quarter of a megabyte outside
 * the heap for each thread that writes; this class keeps nothing, so that any number of virtual threads may use it.
 */
final class JobBody {
    /** What a job's JSON may take, in bytes of UTF-8, unless told otherwise: a job is a reference to work, not its data. */
    static final int DEFAULT_LIMIT = 512 * 1024;

    private static final byte LZ_OF_UTF_8 = 1;
    /** For a text that no UTF-8 can carry: Jackson writes half of a surrogate pair as it is. */
    private static final byte LZ_OF_UTF_16 = 2;

    private static final int HEADER = 1 + Lz.VARINT;

    private final int limit;

    /** @param limit the most bytes that a text may take, written and read */
    JobBody(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("a job needs at least one byte, not " + limit);
        }
        this.limit = limit;
    }

    /** @throws JobTooLargeException when the text takes more bytes than the limit */
    byte[] encode(String json) {
        byte[] text = json.getBytes(UTF_8);
        // Nearly every job is ASCII, which this finds out at the speed of a copy.
        boolean utf8 = json.equals(new String(text, ISO_8859_1)) || isWellFormed(json);
        if (!utf8) {
            text = utf16(json);
        }
        if (text.length > limit) {
            throw new JobTooLargeException(text.length, limit);
        }
        byte[] header = new byte[HEADER];
        header[0] = utf8 ? LZ_OF_UTF_8 : LZ_OF_UTF_16;
        int end = Lz.putVarint(header, 1, text.length);
        return Lz.compress(header, end, text);
    }

    /**
     * The text that {@link #encode} was given.
     *
     * @throws UnreadableBodyException when the bytes are not what encode writes, or the text is larger than the limit
     */
    String decode(byte[] body) {
        if (body.length == 0) {
            throw new UnreadableBodyException("it is empty");
        }
        return switch (body[0]) {
            case LZ_OF_UTF_8 -> new String(Lz.decompress(body, 1, limit), UTF_8);
            case LZ_OF_UTF_16 -> utf16(Lz.decompress(body, 1, limit));
            default ->
                throw new UnreadableBodyException("format " + (body[0] & 0xff)
                        + " is unknown here: a newer version wrote it, or something else did");
        };
    }

    private static byte[] utf16(String text) {
        // Not through a charset: it would put another character in the half pair's place.
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(text.length(), Character.BYTES));
        bytes.asCharBuffer().put(text);
        return bytes.array();
    }

    private static String utf16(byte[] text) {
        if (text.length % Character.BYTES != 0) {
            throw new UnreadableBodyException("it ends within a character");
        }
        return ByteBuffer.wrap(text).asCharBuffer().toString();
    }

    private static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return UTF_8.newEncoder().canEncode(text);
            }
        }
        return true;
    }
}
