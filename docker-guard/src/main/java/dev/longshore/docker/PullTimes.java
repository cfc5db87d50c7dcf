package dev.longshore.docker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When images were last pulled from here: the daemon does not say. Kept in a directory, one empty file each, if there is one. */
final class PullTimes {
    private static final Logger LOG = LoggerFactory.getLogger(PullTimes.class);

    private final Map<String, Instant> times = new ConcurrentHashMap<>();
    private final Optional<Path> directory;

    PullTimes(Optional<Path> directory) {
        this.directory = directory;
    }

    Optional<Instant> last(String reference) {
        Instant known = times.get(reference);
        return known != null ? Optional.of(known) : directory.flatMap(parent -> read(file(parent, reference)));
    }

    void pulled(String reference, Instant at) {
        times.put(reference, at);
        directory.ifPresent(parent -> write(file(parent, reference), at));
    }

    private static Optional<Instant> read(Path file) {
        try {
            return Optional.of(Files.getLastModifiedTime(file).toInstant());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            LOG.warn("cannot see when an image was pulled: {}", e.toString());
            return Optional.empty();
        }
    }

    /** A time that cannot be kept costs another pull, no more. */
    private static void write(Path file, Instant at) {
        try {
            Files.write(file, new byte[0]);
            Files.setLastModifiedTime(file, FileTime.from(at));
        } catch (IOException e) {
            LOG.warn("cannot keep when an image was pulled: {}", e.toString());
        }
    }

    private static Path file(Path directory, String reference) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(reference.getBytes(StandardCharsets.UTF_8));
            return directory.resolve("pull-" + HexFormat.of().formatHex(digest, 0, 16));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
