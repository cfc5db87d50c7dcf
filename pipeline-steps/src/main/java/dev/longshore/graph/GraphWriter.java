package dev.longshore.graph;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes one step's part of the graph: nodes and edges in any order, from any number of threads; sorted files at the
 * end, the same whatever the order was.
 *
 * <p>Life: any number of {@link #node} and {@link #edge}, then {@link #finish} once, then {@link #close}. Closed without
 * finish, it leaves nothing. Heap use is bounded: what does not fit is spilled to the scratch directory and merged.
 *
 * <p>Nodes with the same id become one that has the properties of all; where two disagree on a property, the line that
 * sorts first wins, so that threads cannot change the outcome. Equal edges become one.
 */
public final class GraphWriter implements Closeable {
    /** Heap for lines not yet spilled, for nodes and for edges each. */
    private static final long MEMORY = 32L << 20;

    private final Path directory;
    private final SortedLines nodes;
    private final SortedLines edges;

    /**
     * @param directory where {@link #finish} puts the part's files; made if it is missing
     * @param scratch an existing directory for temporary files
     */
    public GraphWriter(Path directory, Path scratch) {
        this(directory, scratch, MEMORY);
    }

    GraphWriter(Path directory, Path scratch, long memory) {
        this.directory = directory;
        this.nodes = new SortedLines(scratch, "nodes", memory);
        this.edges = new SortedLines(scratch, "edges", memory);
    }

    public void node(Node node) throws IOException {
        byte[] line = JsonLines.encode(node);
        synchronized (nodes) {
            nodes.add(line);
        }
    }

    public void edge(Edge edge) throws IOException {
        byte[] line = JsonLines.encode(edge);
        synchronized (edges) {
            edges.add(line);
        }
    }

    /** Writes the part's files and tells what is in them. */
    public PartSummary finish() throws IOException {
        Files.createDirectories(directory);
        try (GraphFiles files = new GraphFiles(directory)) {
            synchronized (nodes) {
                NodeFolder folder = new NodeFolder(files::node);
                nodes.forEach(folder::accept);
                folder.flush();
            }
            synchronized (edges) {
                edges.forEach(files::edge);
            }
            return files.finish();
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (nodes) {
            nodes.close();
        }
        synchronized (edges) {
            edges.close();
        }
    }
}
