package dev.longshore.container;

import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;

/**
 * A file that an image left in its output directory, read line by line.
 *
 * <p>The image chose what lies under the name: a symbolic link would have this process read a file of the host, and
 * opening a pipe would wait for ever. So the name is looked at first, opened without following links, and looked at again:
 * the same regular file both times is the one that was opened. The container is gone by then, so nobody changes it.
 */
final class OutputFile implements Closeable {
    private static final int CHUNK = 1 << 18;

    private final String name;
    private final SeekableByteChannel channel;
    private final int longestLine;
    private ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
    private byte[] bytes = buffer.array();
    private int position;
    private int limit;
    private boolean atEnd;
    private long line;
    private int start;
    private int end;

    private OutputFile(String name, SeekableByteChannel channel, int longestLine) {
        this.name = name;
        this.channel = channel;
        this.longestLine = longestLine;
    }

    /**
     * Opens a file.
     *
     * @param longestLine in bytes, without the line's end
     * @throws StepException it is missing, or no regular file
     */
    static OutputFile open(Path directory, String name, int longestLine) throws StepException, IOException {
        Path file = directory.resolve(name);
        try {
            BasicFileAttributes before = attributes(file);
            requireRegular(name, before);
            SeekableByteChannel channel =
                    Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
            try {
                BasicFileAttributes after = attributes(file);
                requireRegular(name, after);
                if (!Objects.equals(before.fileKey(), after.fileKey())) {
                    throw invalid(name, "was replaced while it was opened");
                }
                return new OutputFile(name, channel, longestLine);
            } catch (IOException | StepException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (NoSuchFileException e) {
            throw new StepException(
                    new StepFailure.InvalidOutput(name, "the image did not write it (an empty file is fine)"), e);
        } catch (AccessDeniedException e) {
            throw new StepException(new StepFailure.InvalidOutput(name, "may not be read, by its permissions"), e);
        }
    }

    /**
     * Opens a file that is one JSON value, whatever lines it has: it is there from {@link #start} to {@link #end} at once.
     *
     * @param longest in bytes
     */
    static OutputFile openWhole(Path directory, String name, int longest) throws StepException, IOException {
        OutputFile file = open(directory, name, longest);
        try {
            while (!file.atEnd && file.limit <= longest) {
                file.fill();
            }
            if (file.limit > longest) {
                throw file.problem("longer than " + longest + " bytes");
            }
            file.end = file.limit;
            return file;
        } catch (IOException | StepException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    static boolean exists(Path directory, String name) {
        return Files.exists(directory.resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static void requireRegular(String name, BasicFileAttributes attributes) throws StepException {
        if (!attributes.isRegularFile()) {
            String kind = attributes.isSymbolicLink()
                    ? "a symbolic link"
                    : attributes.isDirectory() ? "a directory" : "a pipe, socket or device";
            throw invalid(name, "is " + kind + ", not a regular file");
        }
    }

    /** The next line, as {@link #bytes} from {@link #start} to {@link #end}; false at the end of the file. */
    boolean next() throws StepException, IOException {
        int scanned = position;
        while (true) {
            while (scanned < limit && bytes[scanned] != '\n') {
                scanned++;
            }
            if (scanned - position > longestLine) {
                line++;
                throw problem("longer than " + longestLine + " bytes");
            }
            if (scanned < limit || (atEnd && scanned > position)) {
                start = position;
                end = scanned;
                position = Math.min(scanned + 1, limit);
                line++;
                return true;
            }
            if (atEnd) {
                return false;
            }
            int pending = scanned - position;
            fill();
            scanned = position + pending;
        }
    }

    /** Reads on behind what is not yet a line, which moves to the front; the buffer grows up to one longest line. */
    private void fill() throws IOException {
        int pending = limit - position;
        if (position > 0) {
            System.arraycopy(bytes, position, bytes, 0, pending);
        }
        if (pending == bytes.length) {
            int larger = (int) Math.min(2L * bytes.length, (long) longestLine + CHUNK);
            bytes = Arrays.copyOf(bytes, larger);
            buffer = ByteBuffer.wrap(bytes);
        }
        position = 0;
        limit = pending;
        int read = channel.read(buffer.clear().position(pending));
        if (read < 0) {
            atEnd = true;
        } else {
            limit += read;
        }
    }

    byte[] bytes() {
        return bytes;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    /** The number of the line that {@link #next} gave last, from 1. */
    long line() {
        return line;
    }

    /** A failure that names the line, if there was one. */
    StepException problem(String text) {
        return invalid(line == 0 ? name : name + ":" + line, text);
    }

    private static StepException invalid(String where, String problem) {
        return new StepException(new StepFailure.InvalidOutput(where, problem));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
