package dev.longshore.filesystem;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.jspecify.annotations.Nullable;

/** Reads files, one after another, each once. Belongs to one thread: its buffer and digests are used again. */
final class ContentReader {
    /** Where git looks for a NUL to tell a binary file. */
    static final int BINARY_PROBE = 8000;

    private static final int BUFFER = 256 << 10;
    private static final int LONGEST_SHEBANG = 512;
    private static final HexFormat HEX = HexFormat.of();
    private static final Set<OpenOption> READ_NO_LINK = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

    /**
     * What was in a file.
     *
     * @param size in bytes, as read
     * @param sha256 of what was read, in hexadecimal
     * @param binary whether a NUL is among the first 8,000 bytes
     * @param shebang the first line if it starts with {@code #!}
     * @param blob the id git would give the content, if it was asked for
     */
    record Content(
            long size,
            String sha256,
            boolean binary,
            @Nullable String shebang,
            @Nullable ObjectId blob) {}

    private static final byte[] BLOB = Constants.encodedTypeString(Constants.OBJ_BLOB);

    /** The lowest bit of each byte of a long, and the highest. Subtracting a one from a zero sets the byte's highest. */
    private static final long LOWEST_BITS = 0x0101010101010101L;

    private static final long HIGHEST_BITS = 0x8080808080808080L;

    private final byte[] buffer = new byte[BUFFER];
    private final ByteBuffer filled = ByteBuffer.wrap(buffer);
    private final MessageDigest sha256 = digest("SHA-256");
    private final MessageDigest sha1 = digest("SHA-1");

    /**
     * Reads a file to its end. Does not follow it if it is a symbolic link by now.
     *
     * @param name the file in {@code directory}
     * @param expected its size when it was last looked at; it may have another by now
     * @param blob whether to compute the id of a git blob of the expected size
     */
    Content read(SecureDirectoryStream<Path> directory, Path name, long expected, boolean blob) throws IOException {
        try (ReadableByteChannel channel = directory.newByteChannel(name, READ_NO_LINK)) {
            boolean binary = false;
            String shebang = null;
            long size = 0;
            if (blob) {
                startBlob(expected);
            }
            while (true) {
                int length = fill(channel, expected - size);
                if (size < BINARY_PROBE) {
                    binary = holdsNul(length);
                    shebang = shebang(length);
                }
                sha256.update(buffer, 0, length);
                if (blob) {
                    sha1.update(buffer, 0, length);
                }
                size += length;
                if (length < buffer.length) {
                    ObjectId id = blob ? ObjectId.fromRaw(sha1.digest()) : null;
                    return new Content(size, HEX.formatHex(sha256.digest()), binary, shebang, id);
                }
            }
        } finally {
            sha256.reset();
            sha1.reset();
        }
    }

    /** The bytes of a small file; what is beyond {@code limit} is left out. */
    byte[] readSmall(SecureDirectoryStream<Path> directory, Path name, int limit) throws IOException {
        try (ReadableByteChannel channel = directory.newByteChannel(name, READ_NO_LINK)) {
            byte[] bytes = new byte[0];
            while (bytes.length < limit) {
                int length = Math.min(fill(channel, Long.MAX_VALUE), limit - bytes.length);
                int before = bytes.length;
                bytes = Arrays.copyOf(bytes, before + length);
                System.arraycopy(buffer, 0, bytes, before, length);
                if (length < buffer.length) {
                    break;
                }
            }
            return bytes;
        }
    }

    /** The id git gives a blob of these bytes. */
    ObjectId blobOf(byte[] content) {
        startBlob(content.length);
        return ObjectId.fromRaw(sha1.digest(content));
    }

    private void startBlob(long size) {
        sha1.reset();
        sha1.update(BLOB);
        sha1.update((byte) ' ');
        sha1.update(Constants.encodeASCII(size));
        sha1.update((byte) 0);
    }

    /**
     * Fills the buffer, less only at the end of the file. Where exactly what was expected has come, there is no asking for
     * more: that a file has grown shows in its size afterwards.
     */
    private int fill(ReadableByteChannel channel, long expected) throws IOException {
        ByteBuffer target = ByteBuffer.wrap(buffer);
        while (target.hasRemaining() && channel.read(target) >= 0 && target.position() != expected) {
            // a file on a network or in /proc may give less than asked for, and more the next time
        }
        return target.position();
    }

    private boolean holdsNul(int length) {
        int end = Math.min(length, BINARY_PROBE);
        int i = 0;
        // Eight at a time: looked at one by one, these bytes would cost a quarter of what hashing a file does.
        for (; i <= end - Long.BYTES; i += Long.BYTES) {
            long eight = filled.getLong(i);
            if (((eight - LOWEST_BITS) & ~eight & HIGHEST_BITS) != 0) {
                return true;
            }
        }
        for (; i < end; i++) {
            if (buffer[i] == 0) {
                return true;
            }
        }
        return false;
    }

    private @Nullable String shebang(int length) {
        if (length < 2 || buffer[0] != '#' || buffer[1] != '!') {
            return null;
        }
        int end = 2;
        while (end < Math.min(length, LONGEST_SHEBANG) && buffer[end] != '\n' && buffer[end] != '\r') {
            end++;
        }
        return RawName.display(buffer, 0, end);
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }
}
