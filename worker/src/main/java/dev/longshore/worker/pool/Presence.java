package dev.longshore.worker.pool;

import dev.longshore.docker.DockerFailureException;
import dev.longshore.docker.Owner;
import dev.longshore.step.DockerAccess;
import dev.longshore.step.StepException;
import dev.longshore.worker.HeldFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows that this worker lives, as a file that it holds, named like the owner of its containers. Whoever finds the file of a
 * worker that is dead removes that one's containers; only workers of one host look after one another, as only they use the
 * same daemon.
 */
final class Presence implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Presence.class);
    private static final String PREFIX = "longshore-worker-";
    /** When to give up on a daemon that never came back. */
    private static final Duration FORGOTTEN = Duration.ofDays(7);

    private final Path file;
    private final HeldFile held;

    private Presence(Path file, HeldFile held) {
        this.file = file;
        this.held = held;
    }

    static Presence announce(Path directory) throws IOException {
        String name = PREFIX
                + Long.toString(UUID.randomUUID().getMostSignificantBits() >>> 1, 36)
                        .toLowerCase(Locale.ROOT);
        Path file = directory.resolve(name);
        return new Presence(file, HeldFile.create(file));
    }

    /** Who owns this worker's containers. */
    String owner() {
        return file.getFileName().toString();
    }

    /** Removes the containers of this host's dead workers; those that cannot be removed now stay for the next time. */
    void removeTheDead(DockerAccess docker) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(file.resolveSibling("."), PREFIX + "*")) {
            for (Path other : files) {
                Path plain = other.normalize();
                if (!plain.equals(file) && !plain.toString().endsWith(".new")) {
                    removeIfDead(plain, docker);
                }
            }
        } catch (IOException e) {
            LOG.warn("cannot look for workers that died", e);
        }
    }

    private static void removeIfDead(Path other, DockerAccess docker) throws IOException {
        Optional<HeldFile> taken = HeldFile.takeOver(other);
        if (taken.isEmpty()) {
            return;
        }
        try (HeldFile dead = taken.get()) {
            if (containersRemoved(String.valueOf(other.getFileName()), docker) || isForgotten(other)) {
                Files.deleteIfExists(other);
            }
        }
    }

    private static boolean containersRemoved(String owner, DockerAccess docker) {
        try {
            int removed = docker.client().removeLeftovers(Owner.of(owner)).size();
            LOG.info("a worker of this host died: {} containers of {} removed", removed, owner);
            return true;
        } catch (StepException | DockerFailureException e) {
            LOG.debug("the containers of {}, which died, cannot be removed yet", owner, e);
            return false;
        }
    }

    private static boolean isForgotten(Path other) throws IOException {
        return Files.getLastModifiedTime(other)
                .toInstant()
                .isBefore(Instant.now().minus(FORGOTTEN));
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
        held.close();
    }
}
