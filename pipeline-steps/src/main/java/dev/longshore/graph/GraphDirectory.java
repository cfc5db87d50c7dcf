package dev.longshore.graph;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The directory that a graph is published in: {@code nodes.jsonl}, {@code edges.jsonl} and {@code manifest.json}, and
 * nothing else. A graph is written into {@link #staging} and put in its place at once: a reader sees the old graph, no
 * graph for an instant, or the new one.
 *
 * <p>That is a rename of the whole directory where it can be, with the staging beside it; and an {@link InPlaceExchange}
 * where the directory is a mount point, or its parent may not be written, or other files came to lie in it.
 */
public final class GraphDirectory {
    /** The graph's description, written last. */
    public static final String MANIFEST = "manifest.json";
    /** What the manifest's {@code schema} says. */
    public static final String SCHEMA = "longshore-graph/1";

    /** What file managers and NFS leave in any directory; it is nobody's work, and stays where it is. */
    private static final Pattern LITTER = Pattern.compile("\\.DS_Store|\\.nfs.*");

    private static final String RUN = "r-[0-9a-z]{4,32}";

    private final Path directory;
    private final InPlaceExchange exchange;
    private final boolean renamable;

    /** @param directory need not exist; symbolic links are followed, so that a link to a directory stays one */
    public GraphDirectory(Path directory) {
        this(directory, GraphDirectory::canBeRenamed);
    }

    /** @param canBeRenamed asked about an existing directory */
    GraphDirectory(Path directory, Predicate<Path> canBeRenamed) {
        this.directory = resolved(directory.toAbsolutePath().normalize());
        this.exchange = new InPlaceExchange(this.directory);
        this.renamable = !Files.isDirectory(this.directory) || canBeRenamed.test(this.directory);
    }

    /** The real path of what exists of it. */
    private static Path resolved(Path path) {
        Path existing = path;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null) {
            return path;
        }
        try {
            return existing.toRealPath().resolve(existing.relativize(path)).normalize();
        } catch (IOException e) {
            return path; // it went this moment: then its use will tell
        }
    }

    private static boolean canBeRenamed(Path directory) {
        Path parent = directory.getParent();
        if (parent == null || !Files.isWritable(parent)) {
            return false;
        }
        try {
            return Files.getFileStore(parent).equals(Files.getFileStore(directory));
        } catch (IOException e) {
            return true; // then renaming it will tell
        }
    }

    /** Absolute, without symbolic links. */
    public Path path() {
        return directory;
    }

    /**
     * Why a graph of this repository may not be published here, in one line; empty if it may. It may where there is
     * nothing, or an empty directory, or an earlier graph of the same repository. Only looks, so it may be asked while
     * another process publishes here.
     *
     * @param identity the repository's identity; empty while it is not known yet
     */
    public Optional<String> refusal(Optional<String> identity) throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return parentRefusal();
        }
        if (!Files.isDirectory(directory)) {
            return Optional.of(directory + " is not a directory");
        }
        if (!Files.isWritable(directory)) {
            return Optional.of(directory + " cannot be written: this process lacks the permission");
        }
        NavigableSet<String> names = PublishedFiles.names(directory);
        names.removeIf(name -> exchange.isOurs(name) || LITTER.matcher(name).matches());
        Optional<JsonNode> manifest = PublishedFiles.manifest(exchange.manifestHolder());
        if (manifest.isEmpty()) {
            return names.isEmpty()
                    ? Optional.empty()
                    : Optional.of(directory + " is not empty and holds no graph of Longshore's");
        }
        PublishedFiles.NAMES.forEach(names::remove);
        if (!names.isEmpty()) {
            return Optional.of(directory + " holds " + names.first()
                    + ", which Longshore did not write; name a directory of the graph's own");
        }
        String owner = manifest.get().path("repository").path("identity").asText();
        if (identity.isPresent() && !owner.equals(identity.get())) {
            return Optional.of(directory + " holds the graph of another repository, " + owner);
        }
        return Optional.empty();
    }

    private Optional<String> parentRefusal() {
        Path parent = directory.getParent();
        while (parent != null && !Files.exists(parent)) {
            parent = parent.getParent();
        }
        if (parent == null || !Files.isDirectory(parent)) {
            return Optional.of(directory + " cannot be made: " + parent + " is not a directory");
        }
        return Files.isWritable(parent)
                ? Optional.empty()
                : Optional.of(directory + " cannot be made: " + parent + " cannot be written by this process");
    }

    /** Where to write the graph before it is published: on the same file system, so that a rename puts it in place. */
    public Path staging(String run) {
        return renamable ? sibling("partial", run) : exchange.staging(run);
    }

    private Path sibling(String what, String run) {
        return directory.resolveSibling("." + directory.getFileName() + "." + what + "-" + run);
    }

    /**
     * Puts the staged graph in place of what is there. It fails only while the earlier graph is still there. Once it
     * returns, the new graph outlives a power failure; one before that leaves a whole graph too, see {@link #recover}.
     */
    public void publish(String run) throws IOException {
        Path staged = staging(run);
        if (!PublishedFiles.whole(staged)) {
            throw new IllegalStateException(staged + " does not hold a whole graph");
        }
        Durable.graph(staged);
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(staged, directory, StandardCopyOption.ATOMIC_MOVE);
            Durable.names(Objects.requireNonNull(directory.getParent()));
        } else if (renamable && onlyAGraph()) {
            replaceDirectory(run, staged);
        } else {
            exchange.exchange(run, staged);
        }
    }

    private boolean onlyAGraph() throws IOException {
        return PublishedFiles.NAMES.containsAll(PublishedFiles.names(directory));
    }

    private void replaceDirectory(String run, Path staged) throws IOException {
        Path old = sibling("old", run);
        try {
            Files.move(directory, old, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            // A bind mount of the same file system, or a sticky parent: it looked as if it could be renamed.
            exchange.exchange(run, staged);
            return;
        }
        try {
            Files.move(staged, directory, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            Files.move(old, directory, StandardCopyOption.ATOMIC_MOVE);
            throw e;
        }
        Durable.names(Objects.requireNonNull(directory.getParent()));
        PublishedFiles.discard(old);
    }

    /**
     * Brings the directory in order after runs that were killed: puts the earlier graph back, or the new one in place, where
     * one died between the two; and removes what dead runs had staged. Only what is Longshore's is touched.
     *
     * <p>Call it only while no other process publishes here: it takes every staging for a dead run's.
     */
    public void recover() throws IOException {
        for (Path old : siblings("old")) {
            if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS) && PublishedFiles.whole(old)) {
                Files.move(old, directory, StandardCopyOption.ATOMIC_MOVE);
            } else if (PublishedFiles.manifest(old).isPresent()
                    || PublishedFiles.names(old).isEmpty()) {
                PublishedFiles.discard(old);
            }
        }
        siblings("partial").forEach(PublishedFiles::discard);
        if (Files.isDirectory(directory) && Files.isWritable(directory)) {
            exchange.recover();
        }
    }

    private List<Path> siblings(String what) throws IOException {
        Path parent = directory.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            return List.of();
        }
        Pattern name = Pattern.compile(Pattern.quote("." + directory.getFileName() + "." + what + "-") + RUN);
        try (Stream<Path> entries = Files.list(parent)) {
            return entries.filter(entry ->
                            name.matcher(String.valueOf(entry.getFileName())).matches()
                                    && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        } catch (AccessDeniedException e) {
            return List.of(); // who may not list the parent has written nothing there
        }
    }
}
