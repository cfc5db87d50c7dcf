package dev.longshore.docgrapher;

import dev.longshore.graph.Edge;
import dev.longshore.graph.EdgeType;
import dev.longshore.graph.GraphPart;
import dev.longshore.graph.GraphWriter;
import dev.longshore.graph.Label;
import dev.longshore.graph.Node;
import dev.longshore.graph.NodeId;
import dev.longshore.graph.NodeIds;
import dev.longshore.source.Repository;
import dev.longshore.source.Workspace;
import dev.longshore.step.ContainerLimits;
import dev.longshore.step.EarlierGraph;
import dev.longshore.step.Progress;
import dev.longshore.step.StepContext;
import dev.longshore.step.StepCounts;
import dev.longshore.step.StepException;
import dev.longshore.step.StepOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Runs the docgrapher step over a directory, with the earlier graph that the steps before it would have left. */
final class StepFixture {
    static final NodeIds IDS = new NodeIds("test");
    private static final Map<String, String> LANGUAGES = Map.ofEntries(
            Map.entry("md", "markdown"),
            Map.entry("rst", "restructuredtext"),
            Map.entry("adoc", "asciidoc"),
            Map.entry("txt", "text"),
            Map.entry("py", "python"),
            Map.entry("java", "java"),
            Map.entry("js", "javascript"),
            Map.entry("jsx", "javascript"),
            Map.entry("mjs", "javascript"),
            Map.entry("cjs", "javascript"),
            Map.entry("ts", "typescript"),
            Map.entry("mts", "typescript"),
            Map.entry("cts", "typescript"),
            Map.entry("tsx", "typescript"));

    private final Path root;
    private final Path work;
    private final List<Node> definitions = new ArrayList<>();
    private final Map<String, Map<String, Object>> fileProperties = new HashMap<>();
    private final Map<String, Object> options = new HashMap<>();
    private int threads = 2;
    private int runs;

    /**
     * @param root what is read
     * @param work an existing directory for what is written
     */
    StepFixture(Path root, Path work) {
        this.root = root;
        this.work = work;
    }

    StepFixture file(String path, String text) throws IOException {
        return file(path, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    StepFixture file(String path, byte[] bytes) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        return this;
    }

    /** Adds properties to the node that the filesystem step gives a file. */
    StepFixture properties(String path, Map<String, Object> properties) {
        fileProperties.put(path, properties);
        return this;
    }

    /** A class or function that an analyser found. */
    StepFixture definition(Label label, String path, String qualifiedName, int startLine) {
        return definition(label, path, qualifiedName, startLine, 1);
    }

    StepFixture definition(Label label, String path, String qualifiedName, int startLine, int overload) {
        Map<String, Object> properties = new HashMap<>(Map.of(
                "path", path,
                "qualifiedName", qualifiedName,
                "name", qualifiedName.substring(qualifiedName.lastIndexOf('.') + 1),
                "startLine", startLine));
        if (overload > 1) {
            properties.put("overload", overload);
        }
        definitions.add(new Node(IDS.ofDefinition(label, path, qualifiedName, overload), label, properties));
        return this;
    }

    StepFixture option(String name, Object value) {
        options.put(name, value);
        return this;
    }

    StepFixture threads(int count) {
        threads = count;
        return this;
    }

    /** What a run wrote. */
    record Result(Path directory, Map<String, Long> counts, List<Node> nodes, List<Edge> edges) {
        List<Node> nodes(Label label) {
            return nodes.stream().filter(node -> node.label() == label).toList();
        }

        /** Edges as {@code source -> target}, sorted, each end told by what people would call it. */
        List<String> edges(EdgeType type) {
            Map<NodeId, String> names = new HashMap<>();
            nodes.forEach(node -> names.put(node.id(), name(node)));
            return edges.stream()
                    .filter(edge -> edge.type() == type)
                    .map(edge ->
                            names.getOrDefault(edge.source(), "?") + " -> " + names.getOrDefault(edge.target(), "?"))
                    .sorted()
                    .toList();
        }

        Map<String, Object> document(String path) {
            return nodes(Label.DOCUMENT).stream()
                    .filter(node -> node.text("path").equals(path))
                    .findFirst()
                    .orElseThrow()
                    .properties();
        }
    }

    static String name(Node node) {
        return switch (node.label()) {
            case URL -> node.text("url");
            case SECTION -> node.text("path") + "#" + node.text("anchor");
            case CLASS, FUNCTION ->
                node.text("path") + ":" + node.text("qualifiedName")
                        + (node.property("overload") == null ? "" : "/" + node.property("overload"));
            case DOCSTRING -> "doc of " + node.text("owner") + " " + node.text("qualifiedName");
            case CODE_BLOCK -> node.text("path") + ":" + node.property("line");
            case DOCUMENT -> "document " + node.text("path");
            case REPOSITORY -> "repository";
            default -> node.text("path");
        };
    }

    Result run() throws IOException, InterruptedException, StepException {
        Path base = Files.createDirectory(work.resolve("run-" + runs++));
        Path earlier = base.resolve("earlier");
        try (GraphWriter writer = new GraphWriter(earlier, base)) {
            writeEarlier(writer);
            writer.finish();
        }
        Path part = base.resolve("part");
        Path scratch = Files.createDirectory(base.resolve("scratch"));
        DocgrapherStep step = new DocgrapherStep();
        Map<String, Long> counts;
        try (GraphWriter writer = new GraphWriter(part, scratch)) {
            StepCounts stepCounts = step.run(context(step, earlier, scratch, writer));
            counts = new TreeMap<>(stepCounts.asMap());
            writer.finish();
        }
        List<Node> nodes = new ArrayList<>();
        List<Edge> edges = new ArrayList<>();
        new GraphPart(earlier).forEachNode(nodes::add);
        new GraphPart(part).forEachNode(nodes::add);
        new GraphPart(part).forEachEdge(edges::add);
        return new Result(part, counts, nodes, edges);
    }

    private StepContext context(DocgrapherStep step, Path earlier, Path scratch, GraphWriter writer) {
        return new StepContext(
                new StepContext.StepId("run", "docgrapher"),
                new Workspace(
                        root.toAbsolutePath(),
                        new Repository("test", "test", Optional.empty(), Optional.empty(), Optional.empty()),
                        Optional.empty(),
                        Optional.empty()),
                StepOptions.of(step.options(), options),
                IDS,
                new EarlierGraph(List.of(new GraphPart(earlier))),
                writer,
                Progress.NONE,
                new StepContext.Resources(threads, scratch, Instant.MAX, ContainerLimits.DEFAULT),
                () -> {
                    throw new AssertionError("the step uses no Docker");
                });
    }

    private void writeEarlier(GraphWriter writer) throws IOException {
        Set<String> written = new HashSet<>();
        writer.node(new Node(IDS.repository(), Label.REPOSITORY, Map.of("name", "test")));
        try (Stream<Path> walk = Files.walk(root)) {
            for (Path path : (Iterable<Path>) walk::iterator) {
                String relative = root.relativize(path).toString();
                if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    if (!relative.isEmpty()) {
                        writer.node(new Node(
                                IDS.ofPath(Label.DIRECTORY, relative), Label.DIRECTORY, Map.of("path", relative)));
                    }
                } else if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                    writeFile(writer, relative, Files.size(path));
                    written.add(relative);
                }
            }
        }
        for (String path : new TreeSet<>(fileProperties.keySet())) {
            if (!written.contains(path)) {
                writeFile(writer, path, 1);
            }
        }
        for (Node definition : definitions) {
            writer.node(definition);
        }
    }

    private void writeFile(GraphWriter writer, String path, long size) throws IOException {
        Map<String, Object> properties = new HashMap<>(Map.of("path", path, "size", size, "binary", false));
        String extension = path.substring(path.lastIndexOf('.') + 1);
        if (LANGUAGES.containsKey(extension)) {
            properties.put("language", LANGUAGES.get(extension));
        }
        properties.putAll(fileProperties.getOrDefault(path, Map.of()));
        writer.node(new Node(IDS.ofPath(Label.FILE, path), Label.FILE, properties));
    }

    /** For trying the step on a real directory: {@code StepFixture ROOT WORK [DEFINITIONS_JSONL]} prints its counts. */
    public static void main(String[] args) throws Exception {
        StepFixture fixture = new StepFixture(Path.of(args[0]), Files.createDirectories(Path.of(args[1])));
        if (args.length > 2) {
            com.fasterxml.jackson.databind.ObjectMapper json = new com.fasterxml.jackson.databind.ObjectMapper();
            for (String line : Files.readAllLines(Path.of(args[2]))) {
                com.fasterxml.jackson.databind.JsonNode node = json.readTree(line);
                fixture.definition(
                        Label.of(node.get("label").asText()).orElseThrow(),
                        node.get("path").asText(),
                        node.get("qualifiedName").asText(),
                        node.get("startLine").asInt(),
                        node.get("overload").asInt());
            }
        }
        long start = System.nanoTime();
        Result result = fixture.run();
        System.out.println(result.directory() + " in " + (System.nanoTime() - start) / 1_000_000 + " ms");
        result.counts().forEach((name, count) -> System.out.println(name + " " + count));
    }
}
