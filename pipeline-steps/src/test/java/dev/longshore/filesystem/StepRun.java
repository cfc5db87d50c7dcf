package dev.longshore.filesystem;

import dev.longshore.graph.Edge;
import dev.longshore.graph.GraphPart;
import dev.longshore.graph.GraphWriter;
import dev.longshore.graph.Label;
import dev.longshore.graph.Node;
import dev.longshore.graph.NodeId;
import dev.longshore.graph.NodeIds;
import dev.longshore.graph.PartSummary;
import dev.longshore.source.Source;
import dev.longshore.source.Workspace;
import dev.longshore.source.Workspaces;
import dev.longshore.step.ContainerLimits;
import dev.longshore.step.EarlierGraph;
import dev.longshore.step.Progress;
import dev.longshore.step.StepContext;
import dev.longshore.step.StepContext.Resources;
import dev.longshore.step.StepContext.StepId;
import dev.longshore.step.StepCounts;
import dev.longshore.step.StepOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Runs the step on a directory, as a pipeline would, and reads what it wrote. */
record StepRun(SortedMap<String, Long> counts, PartSummary summary, List<Node> nodes, List<Edge> edges) {
    static StepRun on(Path source, Path scratch) throws Exception {
        return on(workspace(source), scratch, Map.of(), 2);
    }

    static StepRun on(Path source, Path scratch, Map<String, Object> options) throws Exception {
        return on(workspace(source), scratch, options, 2);
    }

    static StepRun on(Workspace workspace, Path scratch, Map<String, Object> options, int threads) throws Exception {
        return on(workspace, scratch, options, threads, Progress.NONE);
    }

    static StepRun on(Workspace workspace, Path scratch, Map<String, Object> options, int threads, Progress progress)
            throws Exception {
        Path attempt = Files.createTempDirectory(Files.createDirectories(scratch), "step");
        Path out = attempt.resolve("part");
        SortedMap<String, Long> counts = new TreeMap<>();
        PartSummary summary = write(workspace, attempt, out, options, threads, progress, counts);
        List<Node> nodes = new ArrayList<>();
        List<Edge> edges = new ArrayList<>();
        GraphPart part = new GraphPart(out);
        part.forEachNode(nodes::add);
        part.forEachEdge(edges::add);
        return new StepRun(counts, summary, nodes, edges);
    }

    static PartSummary write(
            Workspace workspace,
            Path scratch,
            Path out,
            Map<String, Object> options,
            int threads,
            Progress progress,
            Map<String, Long> counts)
            throws Exception {
        FilesystemStep step = new FilesystemStep();
        try (GraphWriter graph = new GraphWriter(out, scratch)) {
            StepCounts found = step.run(new StepContext(
                    new StepId("run", "filesystem"),
                    workspace,
                    StepOptions.of(step.options(), options),
                    new NodeIds(workspace.repository().identity()),
                    new EarlierGraph(List.of()),
                    graph,
                    progress,
                    new Resources(threads, scratch, Instant.MAX, ContainerLimits.DEFAULT),
                    () -> {
                        throw new AssertionError("the step uses no Docker");
                    }));
            counts.putAll(found.asMap());
            return graph.finish();
        }
    }

    static Workspace workspace(Path source) throws Exception {
        return Workspaces.open(
                new Source.Directory(source, Optional.empty()), Optional.empty(), source, Optional.empty());
    }

    /** The paths of all nodes with this label, in order. */
    TreeSet<String> paths(Label label) {
        TreeSet<String> paths = new TreeSet<>();
        nodes.stream().filter(node -> node.label() == label).forEach(node -> paths.add(node.text("path")));
        return paths;
    }

    /** The paths of files and symbolic links: what git lists. */
    TreeSet<String> leaves() {
        TreeSet<String> paths = paths(Label.FILE);
        paths.addAll(paths(Label.SYMLINK));
        return paths;
    }

    Node node(Label label, String path) {
        return nodes.stream()
                .filter(node -> node.label() == label && path.equals(node.property("path")))
                .reduce((a, b) -> {
                    throw new AssertionError("two nodes " + label + " " + path);
                })
                .orElseThrow(() -> new AssertionError("no node " + label + " " + path + " in " + nodes));
    }

    Node repository() {
        return nodes.stream()
                .filter(node -> node.label() == Label.REPOSITORY)
                .findFirst()
                .orElseThrow();
    }

    /** The path of what contains this node; empty for the repository. */
    String containerOf(Node node) {
        Map<NodeId, Node> byId = new HashMap<>();
        nodes.forEach(each -> byId.put(each.id(), each));
        List<NodeId> sources = edges.stream()
                .filter(edge -> edge.target().equals(node.id()))
                .map(Edge::source)
                .toList();
        if (sources.size() != 1) {
            throw new AssertionError(node + " is contained " + sources.size() + " times");
        }
        Node container = Objects.requireNonNull(byId.get(sources.get(0)));
        return container.label() == Label.REPOSITORY ? "" : container.text("path");
    }
}
