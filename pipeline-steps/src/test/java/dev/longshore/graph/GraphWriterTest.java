package dev.longshore.graph;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphWriterTest {
    private static final NodeIds IDS = new NodeIds("example.org/r");

    @TempDir
    Path temp;

    int written;

    /** One thing to write; the model below says what becomes of many. */
    private record Item(Node node, Edge edge) {
        void into(GraphWriter writer) throws IOException {
            writer.node(node);
            writer.edge(edge);
        }
    }

    private static Node file(String path, Map<String, Object> properties) {
        return new Node(IDS.ofPath(Label.FILE, path), Label.FILE, properties);
    }

    private static List<Item> randomItems(Random random, int count, int distinct) {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Map<String, Object> properties = new TreeMap<>();
            properties.put("path", "f" + random.nextInt(distinct));
            for (String name : List.of("a", "b", "c")) {
                if (random.nextBoolean()) {
                    properties.put(name, random.nextBoolean() ? "v" + random.nextInt(3) : (Object) random.nextLong(3));
                }
            }
            Node node = file((String) properties.get("path"), properties);
            NodeId target = IDS.ofPath(Label.FILE, "f" + random.nextInt(distinct));
            Map<String, Object> line = random.nextBoolean() ? Map.of() : Map.of("line", random.nextInt(3));
            items.add(new Item(node, new Edge(node.id(), target, EdgeType.LINKS_TO, line)));
        }
        return items;
    }

    /** What the files must hold, done the naive way: all lines in a sorted set, then folded. */
    private static List<String> modelNodes(List<Item> items) throws IOException {
        TreeMap<String, TreeSet<String>> byId = new TreeMap<>();
        for (Item item : items) {
            byId.computeIfAbsent(item.node.id().value(), id -> new TreeSet<>())
                    .add(new String(JsonLines.encode(item.node), UTF_8));
        }
        List<String> lines = new ArrayList<>();
        for (TreeSet<String> same : byId.values()) {
            Map<String, Object> properties = new TreeMap<>();
            Node last = null;
            for (String line : same) {
                last = JsonLines.node(line.getBytes(UTF_8));
                last.properties().forEach(properties::putIfAbsent);
            }
            if (last != null) {
                lines.add(new String(JsonLines.encode(new Node(last.id(), last.label(), properties)), UTF_8));
            }
        }
        return lines;
    }

    private static List<String> modelEdges(List<Item> items) {
        TreeSet<String> lines = new TreeSet<>();
        items.forEach(item -> lines.add(new String(JsonLines.encode(item.edge), UTF_8)));
        return List.copyOf(lines);
    }

    private Path write(List<Item> items, long memory) throws IOException {
        Path scratch = Files.createDirectories(temp.resolve("scratch" + written));
        Path out = temp.resolve("out" + written++);
        try (GraphWriter writer = new GraphWriter(out, scratch, memory)) {
            for (Item item : items) {
                item.into(writer);
            }
            writer.finish();
        }
        assertEmpty(scratch);
        return out;
    }

    private static void assertEmpty(Path directory) throws IOException {
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    private static List<String> lines(Path out, String file) throws IOException {
        return Files.readAllLines(out.resolve(file));
    }

    @Test
    void anyOrderAndAnyMemoryGiveWhatTheModelSays() throws IOException {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            List<Item> items = randomItems(random, random.nextInt(300), 1 + random.nextInt(120));
            List<String> nodes = modelNodes(items);
            List<String> edges = modelEdges(items);
            // 1 byte: every line is a spill of its own, and more spills than are merged at once.
            for (long memory : new long[] {1, 700, 5_000, 32L << 20}) {
                Collections.shuffle(items, random);
                Path out = write(items, memory);
                assertThat(lines(out, "nodes.jsonl"))
                        .as("seed %d memory %d", seed, memory)
                        .isEqualTo(nodes);
                assertThat(lines(out, "edges.jsonl"))
                        .as("seed %d memory %d", seed, memory)
                        .isEqualTo(edges);
            }
        }
    }

    @Test
    void manyThreadsGiveTheSameBytes() throws Exception {
        List<Item> items = randomItems(new Random(7), 8_000, 1_500);
        Path alone = write(items, 32L << 20);
        Path scratch = Files.createDirectories(temp.resolve("threads"));
        Path out = temp.resolve("together");
        int threads = 8;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (GraphWriter writer = new GraphWriter(out, scratch, 20_000)) {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<?>> done = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int offset = t;
                done.add(pool.submit(() -> {
                    start.await();
                    for (int i = offset; i < items.size(); i += threads) {
                        items.get(i).into(writer);
                    }
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> each : done) {
                each.get();
            }
            writer.finish();
        } finally {
            pool.shutdownNow();
        }
        assertThat(out.resolve("nodes.jsonl")).hasSameBinaryContentAs(alone.resolve("nodes.jsonl"));
        assertThat(out.resolve("edges.jsonl")).hasSameBinaryContentAs(alone.resolve("edges.jsonl"));
        assertEmpty(scratch);
    }

    @Test
    void theSummaryCountsWhatIsInTheFilesAndItsDigestTellsThemApart() throws IOException {
        Path scratch = Files.createDirectories(temp.resolve("scratch"));
        PartSummary one;
        try (GraphWriter writer = new GraphWriter(temp.resolve("one"), scratch)) {
            Node a = file("a", Map.of("text", "\"labels\":[\"Class\"]"));
            writer.node(a);
            writer.node(a);
            writer.node(new Node(IDS.repository(), Label.REPOSITORY, Map.of()));
            writer.edge(new Edge(IDS.repository(), a.id(), EdgeType.CONTAINS, Map.of("text", "\"type\":\"CALLS\"")));
            one = writer.finish();
        }
        assertThat(one.nodes()).isEqualTo(Map.of("File", 1L, "Repository", 1L));
        assertThat(one.edges()).isEqualTo(Map.of("CONTAINS", 1L));
        try (GraphWriter writer = new GraphWriter(temp.resolve("two"), scratch)) {
            assertThat(writer.finish().digest()).isNotEqualTo(one.digest());
        }
    }

    @Test
    void textThatIsNoUnicodeIsMendedAndAllElseComesBack() throws IOException {
        Map<String, Object> properties = Map.of(
                "high", "a\uD800b",
                "low", "\uDC00",
                "end", "x\uD83D",
                "pair", "\uD83D\uDE00",
                "control", "\u0000\u0001\n\t\"\\\u007f\u2028",
                "list", List.of("\uDFFF", "ok"),
                "number", Long.MIN_VALUE,
                "flag", false);
        Path out = write(List.of(new Item(file("p", properties), edge())), 1);
        List<Node> read = new ArrayList<>();
        new GraphPart(out).forEachNode(read::add);
        assertThat(read).hasSize(1);
        assertThat(read.get(0).properties())
                .containsEntry("high", "a\uFFFDb")
                .containsEntry("low", "\uFFFD")
                .containsEntry("end", "x\uFFFD")
                .containsEntry("pair", "\uD83D\uDE00")
                .containsEntry("control", "\u0000\u0001\n\t\"\\\u007f\u2028")
                .containsEntry("list", List.of("\uFFFD", "ok"))
                .containsEntry("number", Long.MIN_VALUE)
                .containsEntry("flag", false);
        assertThat(Files.readAllLines(out.resolve("nodes.jsonl")))
                .as("one line")
                .hasSize(1);
    }

    private static Edge edge() {
        NodeId id = IDS.ofPath(Label.FILE, "p");
        return new Edge(id, id, EdgeType.USES);
    }

    @Test
    void aLineLongerThanEveryBufferComesBack() throws IOException {
        String text = "x".repeat(300_000) + "\n";
        Path out = write(List.of(new Item(file("long", Map.of("text", text)), edge())), 1);
        List<Node> read = new ArrayList<>();
        new GraphPart(out).forEachNode(read::add);
        assertThat(read.get(0).text("text")).isEqualTo(text);
    }

    @Test
    void closedWithoutFinishItLeavesNothing() throws IOException {
        Path scratch = Files.createDirectories(temp.resolve("scratch"));
        Path out = temp.resolve("out");
        try (GraphWriter writer = new GraphWriter(out, scratch, 1)) {
            writer.node(file("a", Map.of()));
        }
        assertThat(out).doesNotExist();
        assertEmpty(scratch);
    }

    @Test
    void aValueThatTheFormatDoesNotKnowIsRefused() {
        assertThatThrownBy(() -> file("a", Map.of("when", 1.5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("when")
                .hasMessageContaining("Double");
    }
}
