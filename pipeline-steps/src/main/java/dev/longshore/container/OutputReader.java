package dev.longshore.container;

import dev.longshore.container.OutputLine.EdgeLine;
import dev.longshore.container.OutputLine.NodeLine;
import dev.longshore.graph.Edge;
import dev.longshore.graph.EdgeType;
import dev.longshore.graph.GraphWriter;
import dev.longshore.graph.Node;
import dev.longshore.graph.NodeId;
import dev.longshore.graph.NodeIdSet;
import dev.longshore.graph.NodeIds;
import dev.longshore.step.StepCounts;
import dev.longshore.step.StepException;
import dev.longshore.text.ForeignText;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads what an image wrote into the graph, as a stream: {@code nodes.jsonl} first, for the ids, then {@code edges.jsonl}
 * and {@code counts.json}. For one output; not thread-safe.
 *
 * <p>Nothing in it is trusted, and nothing is mended: the first line that is not what it must be fails the step, with its
 * place. Only what speaks of a file that the graph does not have is left out and counted, with all that hangs on it: a file
 * may well have come into being, or an image may know of ignored ones.
 */
final class OutputReader {
    static final String NODES = "nodes.jsonl";
    static final String EDGES = "edges.jsonl";
    static final String COUNTS = "counts.json";

    /** How many lines are read between two looks at whether the thread was interrupted. */
    private static final int LINES_BETWEEN_LOOKS = 1 << 10;

    private final LineParser parser = new LineParser();
    private final LocalIds localIds = new LocalIds();
    private final NodeIdSet dropped = new NodeIdSet();
    private final boolean filesKnown;
    private final NodePlacement placement;
    private final OutputLimits limits;
    private final GraphWriter graph;
    private final StepCounts counts;

    /** @param known what the graph has; empty if nobody listed the files, then every path may be spoken of */
    OutputReader(NodeIds ids, Optional<KnownPaths> known, OutputLimits limits, GraphWriter graph, StepCounts counts) {
        this.filesKnown = known.isPresent();
        this.placement = new NodePlacement(ids, known);
        this.limits = limits;
        this.graph = graph;
        this.counts = counts;
    }

    /** @throws StepException the output is not a part of a graph; the graph's writer must then not be finished */
    void read(Path directory) throws StepException, IOException, InterruptedException {
        try {
            forEachLine(directory, NODES, limits.nodes(), this::node);
            if (dropped.size() > 0) {
                counts.add("dropped.unknownFile", dropped.size());
            }
            forEachLine(directory, EDGES, limits.edges(), this::edge);
            if (OutputFile.exists(directory, COUNTS)) {
                readCounts(directory);
            }
        } catch (ClosedByInterruptException e) {
            // The flag is set still: what throws InterruptedException clears it.
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException("while reading the output").initCause(e);
        }
    }

    private interface LineReader {
        void read(OutputFile file) throws InvalidLine, IOException;
    }

    private void forEachLine(Path directory, String name, long most, LineReader reader)
            throws StepException, IOException, InterruptedException {
        try (OutputFile file = OutputFile.open(directory, name, limits.lineBytes())) {
            while (file.next()) {
                if (file.line() > most) {
                    throw file.problem("more than " + most + " lines; raise the option "
                            + (name.equals(NODES) ? "maxNodes" : "maxEdges"));
                }
                if (file.line() % LINES_BETWEEN_LOOKS == 0 && Thread.interrupted()) {
                    throw new InterruptedException("while reading " + name);
                }
                try {
                    reader.read(file);
                } catch (InvalidLine e) {
                    throw file.problem(e.problem());
                }
            }
        }
    }

    private void node(OutputFile file) throws InvalidLine, IOException {
        NodeLine node = parser.node(file.bytes(), file.start(), file.end());
        NodeId id = placement.place(node);
        long content = localIds.contentOf(node.label(), node.properties());
        int before = localIds.find(node.id());
        if (before >= 0) {
            requireSame(before, content, "id " + ForeignText.quoted(node.id()));
            return;
        }
        Optional<NodeId> lacking = placement.lacking(node);
        if (lacking.isPresent()) {
            dropped.add(lacking.get());
            counts.add("dropped.nodes");
            localIds.addDropped(content, file.line());
            return;
        }
        boolean defines = !isReference(node);
        int same = defines ? localIds.find(id) : -1;
        if (same >= 0) {
            requireSame(same, content, describe(node));
        }
        localIds.add(id, node.label(), content, file.line(), defines && same < 0);
        if (defines || !filesKnown) {
            // Where nobody listed the files, the node that refers to one is the only one there will be.
            graph.node(new Node(id, node.label(), node.properties()));
        }
    }

    private void requireSame(int row, long content, String what) throws InvalidLine {
        if (localIds.content(row) != content) {
            throw new InvalidLine(what + " is on line " + localIds.line(row) + " already, with other content");
        }
    }

    private static String describe(NodeLine node) {
        Object name = node.properties().get("qualifiedName");
        Object path = node.properties().get("path");
        String text = node.label().text()
                + (name == null ? "" : " " + ForeignText.quoted((String) name))
                + (path == null ? "" : " of " + ForeignText.quoted((String) path));
        return name == null ? text : text + " (number definitions of one name by overload: 2, 3, …)";
    }

    /** Whether the node is only there to be an end of edges: the step that found the file wrote it already. */
    private static boolean isReference(NodeLine node) {
        return NodePlacement.isPath(node.label()) && node.properties().size() == 1;
    }

    private void edge(OutputFile file) throws InvalidLine, IOException {
        EdgeLine edge = parser.edge(file.bytes(), file.start(), file.end());
        if (edge.type() == EdgeType.CONTAINS) {
            throw new InvalidLine("edge type CONTAINS: an image may not write it; it is the file system's");
        }
        int source = row("source", edge.source());
        int target = row("target", edge.target());
        if (localIds.isDropped(source) || localIds.isDropped(target)) {
            counts.add("dropped.edges");
            return;
        }
        graph.edge(new Edge(localIds.real(source), localIds.real(target), edge.type(), edge.properties()));
    }

    private int row(String end, String localId) throws InvalidLine {
        int row = localIds.find(localId);
        if (row < 0) {
            throw new InvalidLine(end + " " + ForeignText.quoted(localId) + " is no id of " + NODES);
        }
        return row;
    }

    private void readCounts(Path directory) throws StepException, IOException {
        try (OutputFile file = OutputFile.openWhole(directory, COUNTS, OutputLimits.COUNTS_BYTES)) {
            try {
                parser.counts(file.bytes(), file.start(), file.end()).forEach(counts::add);
            } catch (InvalidLine e) {
                throw file.problem(e.problem());
            }
        }
    }
}
