package dev.longshore.worker.pool;

import dev.longshore.worker.OwnerOnly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Where the workers of a pool keep the clones and the parts of the runs under way. All see the same one, since one worker
 * goes on where another left off; a file in it tells it from every other.
 */
final class PoolDirectory {
    private final Path root;

    /** @param work the work directory, which runs without a pool use too */
    PoolDirectory(Path work, String pool) {
        this.root = work.resolve("pools").resolve(pool.replaceAll("[^A-Za-z0-9._-]", "-"));
    }

    private PoolDirectory(Path root) {
        this.root = root;
    }

    /** Those that are there. */
    static List<PoolDirectory> allBelow(Path work) {
        List<PoolDirectory> found = new ArrayList<>();
        try (DirectoryStream<Path> pools = Files.newDirectoryStream(work.resolve("pools"))) {
            pools.forEach(pool -> found.add(new PoolDirectory(pool)));
        } catch (NoSuchFileException | NotDirectoryException | AccessDeniedException e) {
            return List.of(); // no pool has used it yet, or none of ours
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    Path root() {
        return root;
    }

    /** Where the keys are that jobs are sealed with, unless others are named. */
    Path sealKeys() {
        return root.resolve("seal-keys");
    }

    /** What tells this directory from others, made with it. */
    String identity() throws IOException {
        OwnerOnly.createDirectories(root);
        Path file = root.resolve("identity");
        if (!Files.exists(file)) {
            writeOnce(file, UUID.randomUUID() + "\n");
        }
        return Files.readString(file).strip();
    }

    /** Writes a file whole, for this user alone, unless there is one: of several that do so, the first wins. */
    static void writeOnce(Path file, String text) throws IOException {
        OwnerOnly.createDirectories(file.resolveSibling("."));
        // For this user alone, as temporary files are made.
        Path whole = Files.createTempFile(file.toAbsolutePath().getParent(), ".", ".new");
        try {
            Files.writeString(whole, text, StandardCharsets.UTF_8);
            try {
                Files.createLink(file, whole);
            } catch (UnsupportedOperationException e) {
                Files.move(whole, file); // fails too where there is one
            }
        } catch (FileAlreadyExistsException e) {
            return; // another process was faster
        } finally {
            Files.deleteIfExists(whole);
        }
    }
}
