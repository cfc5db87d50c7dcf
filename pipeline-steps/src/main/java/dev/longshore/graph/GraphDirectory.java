package dev.longshore.graph;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The directory that a graph is published in: {@code nodes.jsonl}, {@code edges.jsonl} and {@code manifest.json}, and
 * nothing else. A graph is written beside it, in {@link #staging}, and put in its place at once: a reader sees the old
 * graph, no graph for an instant, or the new one.
 */
public final class GraphDirectory {
    /** The graph's description, written last. */
    public static final String MANIFEST = "manifest.json";
    /** What the manifest's {@code schema} says. */
    public static final String SCHEMA = "longshore-graph/1";

    private static final Set<String> FILES = Set.of(GraphFiles.NODES, GraphFiles.EDGES, MANIFEST);
    private static final JsonMapper JSON = new JsonMapper();
    /** No manifest of ours comes near. */
    private static final long LONGEST_MANIFEST = 16 << 20;

    private final Path directory;

    public GraphDirectory(Path directory) {
        this.directory = directory.toAbsolutePath().normalize();
    }

    public Path path() {
        return directory;
    }

    /**
     * Why a graph of this repository may not be published here, in one line; empty if it may. It may where there is
     * nothing, or an empty directory, or an earlier graph of the same repository.
     *
     * @param identity the repository's identity; empty while it is not known yet
     */
    public Optional<String> refusal(Optional<String> identity) throws IOException {
        recover();
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return parentRefusal();
        }
        if (!Files.isDirectory(directory)) {
            return Optional.of(directory + " is not a directory");
        }
        if (!Files.isWritable(directory)) {
            return Optional.of(directory + " cannot be written: this process lacks the permission");
        }
        Set<String> names = names();
        if (names.isEmpty()) {
            return Optional.empty();
        }
        Optional<JsonNode> manifest = manifest();
        if (manifest.isEmpty()) {
            return Optional.of(directory + " is not empty and holds no graph of Longshore's");
        }
        names.removeAll(FILES);
        if (!names.isEmpty()) {
            return Optional.of(directory + " holds " + names.iterator().next()
                    + ", which Longshore did not write: it would be lost");
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

    private Optional<JsonNode> manifest() throws IOException {
        Path file = directory.resolve(MANIFEST);
        if (!Files.isRegularFile(file) || Files.size(file) > LONGEST_MANIFEST) {
            return Optional.empty();
        }
        try {
            JsonNode manifest = JSON.readTree(file.toFile());
            return SCHEMA.equals(manifest.path("schema").asText()) ? Optional.of(manifest) : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private Set<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            Set<String> names = new TreeSet<>();
            entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
            return names;
        }
    }

    /** Where to write the graph before it is published: on the same file system, so that a rename puts it in place. */
    public Path staging(String run) {
        return sibling("partial-" + run);
    }

    private Path sibling(String suffix) {
        return directory.resolveSibling("." + directory.getFileName() + "." + suffix);
    }

    /** Puts the staged graph in place of what is there. */
    public void publish(String run) throws IOException {
        Path staged = staging(run);
        Path old = sibling("old");
        try {
            if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(directory, old, StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(staged, directory, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.exists(directory)) {
                recover();
                throw e;
            }
            // A mount point, or the parent may not be written: the directory stays and its files change.
            moveFiles(staged);
        }
        remove(old);
    }

    /** Without a manifest there is no graph: the old one goes first, the new one comes last. */
    private void moveFiles(Path staged) throws IOException {
        Files.deleteIfExists(directory.resolve(MANIFEST));
        for (String name : List.of(GraphFiles.NODES, GraphFiles.EDGES, MANIFEST)) {
            Files.move(staged.resolve(name), directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.delete(staged);
    }

    /** Puts back the old graph, where a crash hit between its going and the new one's coming. */
    private void recover() throws IOException {
        Path old = sibling("old");
        if (Files.isDirectory(old, LinkOption.NOFOLLOW_LINKS)) {
            if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                remove(old);
            } else {
                Files.move(old, directory, StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    private static void remove(Path graph) throws IOException {
        for (String name : FILES) {
            Files.deleteIfExists(graph.resolve(name));
        }
        Files.deleteIfExists(graph);
    }
}
