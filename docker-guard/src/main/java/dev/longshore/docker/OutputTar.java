package dev.longshore.docker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a container's output directory from the daemon's archive of it, within the bounds of the output. The archive holds what a
 * container nobody trusts has named: no name leads out of the directory, nothing is written through a link, and links, pipes
 * and devices are not made at all.
 */
final class OutputTar {
    private static final int DEEPEST = 64;
    private static final int BUFFER = 1 << 16;

    private final Mount.OutputDirectory bounds;
    private final Optional<Path> into;
    private long bytes;
    private long files;

    private OutputTar(Mount.OutputDirectory bounds, Optional<Path> into) {
        this.bounds = bounds;
        this.into = into;
    }

    /**
     * Writes the archive's files into the output directory.
     *
     * @return what is wrong with them, in words; then not all of them were written
     * @throws IOException if the archive cannot be read
     * @throws DockerFailureException if a file cannot be written here
     */
    static Optional<String> extract(InputStream archive, Mount.OutputDirectory output) throws IOException {
        return new OutputTar(output, Optional.of(real(output.host()))).read(archive);
    }

    /** Only measures. */
    static Optional<String> problem(InputStream archive, Mount.OutputDirectory output) throws IOException {
        return new OutputTar(output, Optional.empty()).read(archive);
    }

    private Optional<String> read(InputStream archive) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(archive, StandardCharsets.UTF_8.name())) {
            while (true) {
                TarArchiveEntry entry = tar.getNextEntry();
                if (entry == null) {
                    return Optional.empty();
                }
                Optional<String> problem = take(entry, tar);
                if (problem.isPresent()) {
                    return problem;
                }
            }
        } catch (IllegalArgumentException e) {
            // How the reader says of some headers that they are none.
            throw new IOException("the archive cannot be read", e);
        }
    }

    private Optional<String> take(TarArchiveEntry entry, InputStream content) throws IOException {
        // The archive's root is the directory itself, by the last part of its name.
        String[] names = entry.getName().split("/+", -1);
        int end = names.length;
        while (end > 0 && names[end - 1].isEmpty()) {
            end--;
        }
        if (end <= 1) {
            return Optional.empty();
        }
        if (end - 1 > DEEPEST) {
            return Optional.of("directories are nested more than " + DEEPEST + " deep");
        }
        files++;
        if (files > bounds.maxFiles()) {
            return Optional.of("it holds more than " + bounds.maxFiles() + " files and directories");
        }
        Path place = into.orElse(null);
        for (int i = 1; i < end; i++) {
            if (names[i].isEmpty() || names[i].equals(".") || names[i].equals("..") || names[i].indexOf('\0') >= 0) {
                return Optional.of("it holds a file named " + Text.quote(entry.getName()));
            }
            if (place != null) {
                place = below(place, names[i]);
                if (i < end - 1 && !Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
                    return Optional.of("a file is in what is no directory: " + Text.quote(entry.getName()));
                }
            }
        }
        if (entry.isDirectory()) {
            return place == null ? Optional.empty() : makeDirectory(place);
        }
        return entry.isFile() && !entry.isLink() && !entry.isSymbolicLink() && !isSpecial(entry)
                ? copy(content, place)
                : Optional.empty();
    }

    private static boolean isSpecial(TarArchiveEntry entry) {
        return entry.isCharacterDevice() || entry.isBlockDevice() || entry.isFIFO();
    }

    private static Path real(Path output) {
        try {
            return output.toRealPath();
        } catch (IOException e) {
            throw unwritten(output, e);
        }
    }

    private static Path below(Path directory, String name) throws IOException {
        try {
            return directory.resolve(name);
        } catch (InvalidPathException e) {
            throw new IOException("this locale cannot name the file " + Text.quote(name), e);
        }
    }

    private static Optional<String> makeDirectory(Path place) {
        try {
            if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
                Files.deleteIfExists(place);
                Files.createDirectory(place);
            }
        } catch (IOException e) {
            throw unwritten(place, e);
        }
        return Optional.empty();
    }

    /** Not an IOException, which would pass for the loss of the connection that the archive comes over. */
    private static DockerFailureException unwritten(Path place, IOException e) {
        return new DockerFailureException(
                new DockerFailure.Unknown("copy from a volume", place + " cannot be written: " + e), e);
    }

    private Optional<String> copy(InputStream content, @Nullable Path place) throws IOException {
        if (place == null) {
            return drain(content, OutputStream.nullOutputStream());
        }
        // What was there goes first: it might be a link, or a file that has other names elsewhere.
        try (OutputStream file = new Local(place)) {
            return drain(content, file);
        }
    }

    /** A new file here, whose failures are told apart from those of what is read. */
    private static final class Local extends OutputStream {
        private final Path place;
        private final OutputStream file;

        Local(Path place) {
            this.place = place;
            try {
                Files.deleteIfExists(place);
                this.file = Files.newOutputStream(place, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (IOException e) {
                throw unwritten(place, e);
            }
        }

        @Override
        public void write(int value) {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            try {
                file.write(bytes, offset, length);
            } catch (IOException e) {
                throw unwritten(place, e);
            }
        }

        @Override
        public void close() {
            try {
                file.close();
            } catch (IOException e) {
                throw unwritten(place, e);
            }
        }
    }

    /** Counts what comes, not what the header says. */
    private Optional<String> drain(InputStream content, OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER];
        int read = content.read(buffer);
        while (read >= 0) {
            bytes += read;
            if (bytes > bounds.maxBytes()) {
                return Optional.of("it holds at least " + bytes + " bytes; the bound is " + bounds.maxBytes());
            }
            out.write(buffer, 0, read);
            read = content.read(buffer);
        }
        return Optional.empty();
    }
}
