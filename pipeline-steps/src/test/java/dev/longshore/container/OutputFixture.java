package dev.longshore.container;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.graph.Edge;
import dev.longshore.graph.GraphPart;
import dev.longshore.graph.GraphWriter;
import dev.longshore.graph.Label;
import dev.longshore.graph.Node;
import dev.longshore.graph.NodeIds;
import dev.longshore.step.EarlierGraph;
import dev.longshore.step.StepCounts;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An output directory to fill, and a graph that has the files {@code a.py} and {@code src/b.py}. */
final class OutputFixture {
    static final NodeIds IDS = new NodeIds("example.org/fixture");

    final Path directory;
    final Path out;
    OutputLimits limits = OutputLimits.DEFAULT;

    OutputFixture(Path directory) throws IOException {
        this.directory = directory;
        this.out = Files.createDirectory(directory.resolve("out"));
        write("nodes.jsonl", "");
        write("edges.jsonl", "");
    }

    OutputFixture write(String name, String text) throws IOException {
        Files.writeString(out.resolve(name), text);
        return this;
    }

    OutputFixture write(String name, byte[] bytes) throws IOException {
        Files.write(out.resolve(name), bytes);
        return this;
    }

    /** The graph as a step that listed these files left it. */
    static EarlierGraph listing(Path directory, String... files) throws IOException {
        Path part = directory.resolve("listed");
        try (GraphWriter graph = new GraphWriter(part, Files.createDirectories(directory.resolve("listing")))) {
            graph.node(new Node(IDS.repository(), Label.REPOSITORY, Map.of("name", "fixture")));
            for (String file : files) {
                for (int slash = file.indexOf('/'); slash > 0; slash = file.indexOf('/', slash + 1)) {
                    String parent = file.substring(0, slash);
                    graph.node(new Node(IDS.ofPath(Label.DIRECTORY, parent), Label.DIRECTORY, Map.of("path", parent)));
                }
                graph.node(new Node(IDS.ofPath(Label.FILE, file), Label.FILE, Map.of("path", file)));
            }
            graph.finish();
        }
        return new EarlierGraph(List.of(new GraphPart(part)));
    }

    /** What was read. */
    record Result(List<Node> nodes, List<Edge> edges, Map<String, Long> counts) {
        Node node(String text) {
            return nodes.stream()
                    .filter(node -> node.properties().containsValue(text))
                    .findFirst()
                    .orElseThrow();
        }
    }

    Result read() throws Exception {
        return read(KnownPaths.read(
                listing(Files.createTempDirectory(directory, "known"), "a.py", "src/b.py"),
                IDS,
                directory.resolve("files")));
    }

    Result read(Optional<KnownPaths> known) throws Exception {
        Path part = Files.createTempDirectory(directory, "part");
        StepCounts counts = new StepCounts();
        try (GraphWriter graph = new GraphWriter(part, Files.createTempDirectory(directory, "scratch"))) {
            new OutputReader(IDS, known, limits, graph, counts).read(out);
            graph.finish();
        }
        List<Node> nodes = new ArrayList<>();
        List<Edge> edges = new ArrayList<>();
        new GraphPart(part).forEachNode(nodes::add);
        new GraphPart(part).forEachEdge(edges::add);
        return new Result(nodes, edges, counts.asMap());
    }

    /** Reads what must be refused; the failure's message. */
    String refusal() throws Exception {
        try {
            read();
        } catch (StepException e) {
            if (e.failure() instanceof StepFailure.InvalidOutput invalid) {
                return invalid.message();
            }
            throw e;
        }
        throw new AssertionError("the output was accepted");
    }

    static String file(String id, String path) {
        return "{\"id\":\"" + id + "\",\"labels\":[\"File\"],\"properties\":{\"path\":\"" + path + "\"}}\n";
    }

    static String function(String id, String path, String name) {
        return "{\"id\":\"" + id + "\",\"labels\":[\"Function\"],\"properties\":{\"path\":\"" + path
                + "\",\"qualifiedName\":\"" + name + "\",\"startLine\":1,\"endLine\":2}}\n";
    }

    static String edge(String source, String target, String type) {
        return "{\"source\":\"" + source + "\",\"target\":\"" + target + "\",\"type\":\"" + type + "\"}\n";
    }

    static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
