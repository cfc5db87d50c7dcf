package dev.longshore.graph;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.regex.Pattern;

/**
 * Replaces a graph's files inside their directory, for a directory that cannot itself be renamed: a mount point, or one
 * whose parent this process may not write.
 *
 * <p>The new graph is written into a dot directory in it. When it is whole that directory is renamed to {@link #NEXT}, and
 * from then on the new graph is the one that counts: {@link #finish} moves its files over the old ones, by renames alone,
 * and does so again after a crash. A directory without a manifest holds no graph: the old manifest goes directly before
 * the renames, the new one comes last.
 */
final class InPlaceExchange {
    private static final String STAGING = ".longshore-partial-";
    /** Whole, and on its way over the old graph. */
    private static final String NEXT = ".longshore-next";

    private static final Pattern OURS =
            Pattern.compile(Pattern.quote(NEXT) + "|" + Pattern.quote(STAGING) + "r-[0-9a-z]{4,32}");

    private final Path directory;

    InPlaceExchange(Path directory) {
        this.directory = directory;
    }

    Path staging(String run) {
        return directory.resolve(STAGING + run);
    }

    /** Whether that entry of the directory is of an exchange. */
    boolean isOurs(String name) {
        return OURS.matcher(name).matches() && Files.isDirectory(directory.resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    /** Where the graph's manifest is: for as long as an exchange has not finished, in the directory of the new one. */
    Path manifestHolder() {
        Path next = directory.resolve(NEXT);
        return Files.exists(next.resolve(GraphDirectory.MANIFEST)) ? next : directory;
    }

    /**
     * Puts a whole graph in place of the one that is there.
     *
     * @param staged anywhere; unless it is {@link #staging}'s, its files are first brought into this file system
     */
    void exchange(String run, Path staged) throws IOException {
        Path inside = staging(run);
        if (!staged.equals(inside)) {
            try {
                Files.createDirectories(inside);
                for (String name : PublishedFiles.NAMES) {
                    Files.move(staged.resolve(name), inside.resolve(name), StandardCopyOption.REPLACE_EXISTING);
                }
            } catch (IOException e) {
                // A full disk, most likely. The old graph is untouched.
                PublishedFiles.discard(inside);
                throw e;
            }
            Files.deleteIfExists(staged);
            Durable.graph(inside); // it was, before its files were brought here
        }
        finish();
        Files.move(inside, directory.resolve(NEXT), StandardCopyOption.ATOMIC_MOVE);
        Durable.names(directory);
        finish();
    }

    /** Ends an exchange that has begun; does nothing where none has. */
    void finish() throws IOException {
        Path next = directory.resolve(NEXT);
        if (!Files.isDirectory(next, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (PublishedFiles.manifest(next).isPresent()) {
            Files.deleteIfExists(directory.resolve(GraphDirectory.MANIFEST));
            for (String name : PublishedFiles.NAMES) {
                if (Files.exists(next.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
                    Files.move(next.resolve(name), directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
                }
            }
            Durable.names(directory);
        }
        PublishedFiles.discard(next);
    }

    /** Finishes what had begun and removes what had not. */
    void recover() throws IOException {
        finish();
        for (String name : PublishedFiles.names(directory)) {
            if (isOurs(name)) {
                PublishedFiles.discard(directory.resolve(name));
            }
        }
    }
}
