package dev.longshore.filesystem;

import dev.longshore.filesystem.ContentReader.Content;
import dev.longshore.graph.Edge;
import dev.longshore.graph.EdgeType;
import dev.longshore.graph.GraphWriter;
import dev.longshore.graph.Label;
import dev.longshore.graph.Node;
import dev.longshore.graph.NodeId;
import dev.longshore.graph.NodeIds;
import dev.longshore.source.Repository;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the walk finds: a node for each file and symbolic link, and for each directory that one of them lies in,
 * with the edges between them. Thread-safe.
 */
final class SourceGraph {
    private final GraphWriter graph;
    private final NodeIds ids;
    private final Findings findings;
    /** Where, in the walk's paths, those of the graph start. */
    private final int start;

    private final long maxContentBytes;

    SourceGraph(GraphWriter graph, NodeIds ids, Findings findings, int start, long maxContentBytes) {
        this.graph = graph;
        this.ids = ids;
        this.findings = findings;
        this.start = start;
        this.maxContentBytes = maxContentBytes;
    }

    /** @param dirty whether the files differ from the commit; empty if that is not known */
    void repository(Repository repository, Optional<Boolean> dirty) throws IOException {
        Map<String, Object> properties = new HashMap<>();
        properties.put("name", repository.name());
        repository.commit().ifPresent(commit -> properties.put("commit", commit));
        repository.branch().ifPresent(branch -> properties.put("branch", branch));
        repository.origin().ifPresent(origin -> properties.put("origin", origin));
        dirty.ifPresent(flag -> properties.put("dirty", flag));
        graph.node(new Node(ids.repository(), Label.REPOSITORY, properties));
    }

    void file(Folder folder, byte[] path, Content content) throws IOException {
        Map<String, Object> properties = named(path, content.shebang(), !content.binary());
        properties.put("size", content.size());
        properties.put("sha256", content.sha256());
        properties.put("binary", content.binary());
        if (content.binary()) {
            findings.count("binary");
        }
        if (content.size() > maxContentBytes) {
            properties.put("oversized", true);
            findings.count("oversized");
        }
        findings.count("files");
        findings.count("bytes", content.size());
        add(folder, Label.FILE, path, properties);
    }

    /** A file that is there and cannot be read. */
    void unreadableFile(Folder folder, byte[] path, long size) throws IOException {
        Map<String, Object> properties = named(path, null, false);
        properties.put("size", size);
        properties.put("unreadable", true);
        findings.count("files");
        add(folder, Label.FILE, path, properties);
    }

    /** @param target null if it cannot be read */
    void symlink(Folder folder, byte[] path, byte @Nullable [] target) throws IOException {
        Map<String, Object> properties = properties(path);
        if (target == null) {
            properties.put("unreadable", true);
        } else {
            properties.put("target", RawName.display(target));
            if (!RawName.isUtf8(target, 0, target.length)) {
                properties.put("targetBytes", Base64.getEncoder().encodeToString(target));
            }
        }
        findings.count("symlinks");
        add(folder, Label.SYMLINK, path, properties);
    }

    /** A directory that is not gone into, and what there is to say of it. */
    void closedDirectory(Folder folder, byte[] path, Map<String, Object> more) throws IOException {
        Map<String, Object> properties = properties(path);
        properties.putAll(more);
        findings.count("directories");
        add(folder, Label.DIRECTORY, path, properties);
    }

    private Map<String, Object> named(byte[] path, @Nullable String shebang, boolean text) {
        Map<String, Object> properties = properties(path);
        String name = RawName.display(path, nameStart(path), path.length);
        int dot = name.lastIndexOf('.');
        if (dot > 0 && dot < name.length() - 1) {
            properties.put("extension", name.substring(dot + 1));
        }
        Languages.of(name, text ? shebang : null).ifPresent(language -> properties.put("language", language));
        return properties;
    }

    private Map<String, Object> properties(byte[] path) {
        int nameStart = nameStart(path);
        Map<String, Object> properties = new HashMap<>();
        properties.put("path", RawName.display(path, start, path.length));
        properties.put("name", RawName.display(path, nameStart, path.length));
        if (!RawName.isUtf8(path, start, path.length)) {
            properties.put("pathBytes", base64(path, start));
            if (!RawName.isUtf8(path, nameStart, path.length)) {
                properties.put("nameBytes", base64(path, nameStart));
            }
        }
        return properties;
    }

    private static int nameStart(byte[] path) {
        int at = path.length;
        while (at > 0 && path[at - 1] != '/') {
            at--;
        }
        return at;
    }

    private void add(Folder folder, Label label, byte[] path, Map<String, Object> properties) throws IOException {
        ensure(folder);
        NodeId id = id(label, path);
        graph.node(new Node(id, label, properties));
        graph.edge(new Edge(id(folder), id, EdgeType.CONTAINS));
    }

    /** Writes the directory and those above it, where they are not written yet. */
    private void ensure(Folder folder) throws IOException {
        if (folder.inGraph) {
            return;
        }
        // A loop, as a path may have thousands of directories.
        Deque<Folder> missing = new ArrayDeque<>();
        for (Folder at = folder; at != null && !at.inGraph; at = at.parent) {
            missing.push(at);
        }
        for (Folder next : missing) {
            ensureOne(next);
        }
    }

    private void ensureOne(Folder folder) throws IOException {
        Folder parent = folder.parent;
        synchronized (folder) {
            if (folder.inGraph) {
                return;
            }
            if (parent != null) {
                NodeId id = id(folder);
                graph.node(new Node(id, Label.DIRECTORY, properties(folder.path)));
                graph.edge(new Edge(id(parent), id, EdgeType.CONTAINS));
                findings.count("directories");
            }
            folder.inGraph = true;
        }
    }

    private NodeId id(Folder folder) {
        NodeId id = folder.id;
        if (id == null) {
            id = folder.parent == null ? ids.repository() : id(Label.DIRECTORY, folder.path);
            folder.id = id;
        }
        return id;
    }

    /** A path that is not UTF-8 is told by its bytes from one that looks the same. */
    private NodeId id(Label label, byte[] path) {
        String text = RawName.display(path, start, path.length);
        return RawName.isUtf8(path, start, path.length)
                ? ids.ofPath(label, text)
                : ids.of(label, text, "bytes:" + base64(path, start));
    }

    private static String base64(byte[] bytes, int from) {
        return Base64.getEncoder().encodeToString(Arrays.copyOfRange(bytes, from, bytes.length));
    }
}
