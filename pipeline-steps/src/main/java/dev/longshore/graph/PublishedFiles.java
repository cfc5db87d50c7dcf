package dev.longshore.graph;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The three files of a graph in some directory: published, staged, or replaced. */
final class PublishedFiles {
    /** In the order in which they are put in place and removed: what has a manifest is whole or once was. */
    static final List<String> NAMES = List.of(GraphFiles.NODES, GraphFiles.EDGES, GraphDirectory.MANIFEST);

    private static final Logger LOG = LoggerFactory.getLogger(PublishedFiles.class);
    private static final JsonMapper JSON = new JsonMapper();
    /** No manifest of ours comes near. */
    private static final long LONGEST_MANIFEST = 16 << 20;

    private PublishedFiles() {}

    /** Our manifest in that directory; empty if there is none, or none of ours. */
    static Optional<JsonNode> manifest(Path directory) throws IOException {
        Path file = directory.resolve(GraphDirectory.MANIFEST);
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > LONGEST_MANIFEST) {
                return Optional.empty();
            }
            JsonNode manifest = JSON.readTree(file.toFile());
            return GraphDirectory.SCHEMA.equals(manifest.path("schema").asText())
                    ? Optional.of(manifest)
                    : Optional.empty();
        } catch (JsonProcessingException | NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Whether all of a graph is there. */
    static boolean whole(Path directory) throws IOException {
        for (String name : NAMES) {
            if (!Files.isRegularFile(directory.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
                return false;
            }
        }
        return manifest(directory).isPresent();
    }

    static NavigableSet<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            NavigableSet<String> names = new TreeSet<>();
            entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
            return names;
        }
    }

    /**
     * Removes a directory that nobody needs any more, if nothing but a graph's files is in it. Where it cannot be removed
     * it stays, with a warning: it is in nobody's way.
     */
    static void discard(Path directory) {
        try {
            NavigableSet<String> foreign = names(directory);
            NAMES.forEach(foreign::remove);
            if (!foreign.isEmpty()) {
                LOG.warn("{} stays: Longshore did not write {} in it", directory, foreign.first());
                return;
            }
            for (String name : NAMES) {
                Files.deleteIfExists(directory.resolve(name));
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            LOG.warn("{} is no longer needed and cannot be removed: {}", directory, e.toString());
        }
    }
}
