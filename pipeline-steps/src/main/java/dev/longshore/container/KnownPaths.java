package dev.longshore.container;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.graph.GraphPart;
import dev.longshore.graph.Label;
import dev.longshore.graph.Node;
import dev.longshore.graph.NodeId;
import dev.longshore.graph.NodeIdSet;
import dev.longshore.graph.NodeIds;
import dev.longshore.step.EarlierGraph;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The files, directories and symlinks that the graph has when a container step begins: what its output may speak of. */
final class KnownPaths {
    private final NodeIdSet known = new NodeIdSet();

    private KnownPaths() {}

    /** Whether the graph has this file, directory or symlink. */
    boolean has(NodeId id) {
        return known.contains(id);
    }

    /**
     * Reads the graph so far, and writes the paths of its files to {@code list}, each as the file system's own bytes and
     * ended by a NUL.
     *
     * @return empty, with no list written, if no step before this one wrote the repository's node: then nobody listed its
     *     files
     */
    static Optional<KnownPaths> read(EarlierGraph graph, NodeIds ids, Path list) throws IOException {
        KnownPaths paths = new KnownPaths();
        NodeId repository = ids.repository();
        RawNames raw = RawNames.of(graph);
        boolean[] listed = {false};
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(list), 1 << 16)) {
            graph.forEachNode(node -> {
                switch (node.label()) {
                    case REPOSITORY -> listed[0] |= node.id().equals(repository);
                    case DIRECTORY, SYMLINK -> paths.known.add(node.id());
                    case FILE -> {
                        if (paths.known.add(node.id())) {
                            out.write(raw.path(node));
                            out.write(0);
                        }
                    }
                    default -> {}
                }
            });
        }
        if (!listed[0]) {
            Files.delete(list);
            return Optional.empty();
        }
        return Optional.of(paths);
    }

    /** The raw names of the directories whose name is not UTF-8, by their path in the graph. */
    private record RawNames(Map<String, byte[]> directories) {
        static RawNames of(EarlierGraph graph) throws IOException {
            Map<String, byte[]> names = new HashMap<>();
            for (GraphPart part : graph.parts()) {
                part.forEachNode(node -> {
                    if (node.label() == Label.DIRECTORY && node.property("nameBytes") instanceof String name) {
                        names.put(node.text("path"), Base64.getDecoder().decode(name));
                    }
                });
            }
            return new RawNames(names);
        }

        byte[] path(Node file) {
            String path = file.text("path");
            Object ownName = file.property("nameBytes");
            if (ownName == null && directories.isEmpty()) {
                return path.getBytes(UTF_8);
            }
            ByteArrayOutputStream raw = new ByteArrayOutputStream(path.length());
            int from = 0;
            for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', from)) {
                byte[] name = directories.get(path.substring(0, slash));
                raw.writeBytes(name == null ? path.substring(from, slash).getBytes(UTF_8) : name);
                raw.write('/');
                from = slash + 1;
            }
            raw.writeBytes(
                    ownName instanceof String name
                            ? Base64.getDecoder().decode(name)
                            : path.substring(from).getBytes(UTF_8));
            return raw.toByteArray();
        }
    }
}
