package dev.longshore.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphMergeTest {
    private static final NodeIds IDS = new NodeIds("r");

    @TempDir
    Path temp;

    int parts;

    private GraphPart part(List<Node> nodes, List<Edge> edges) throws IOException {
        Path directory = temp.resolve("part" + parts++);
        try (GraphWriter writer = new GraphWriter(directory, temp)) {
            for (Node node : nodes) {
                writer.node(node);
            }
            for (Edge edge : edges) {
                writer.edge(edge);
            }
            writer.finish();
        }
        return new GraphPart(directory);
    }

    private static Node file(String path, Map<String, Object> properties) {
        return new Node(IDS.ofPath(Label.FILE, path), Label.FILE, properties);
    }

    private static Edge edge(String from, String to) {
        return new Edge(IDS.ofPath(Label.FILE, from), IDS.ofPath(Label.FILE, to), EdgeType.USES);
    }

    private List<Node> nodes(Path graph) throws IOException {
        List<Node> nodes = new ArrayList<>();
        new GraphPart(graph).forEachNode(nodes::add);
        return nodes;
    }

    private List<Edge> edges(Path graph) throws IOException {
        List<Edge> edges = new ArrayList<>();
        new GraphPart(graph).forEachEdge(edges::add);
        return edges;
    }

    @Test
    void aNodeOfTwoPartsHasThePropertiesOfBothAndTheEarlierPartsWhereTheyDisagree() throws IOException {
        // "z" sorts after "a": the earlier part must win by its place, not by its bytes.
        GraphPart first = part(List.of(file("f", Map.of("same", "z", "one", 1))), List.of());
        GraphPart second = part(List.of(file("f", Map.of("same", "a", "two", 2))), List.of());
        GraphPart third = part(List.of(file("f", Map.of("same", "b", "two", 3, "three", true))), List.of());
        GraphMerge.merge(List.of(first, second, third), temp.resolve("graph"));
        assertThat(nodes(temp.resolve("graph")))
                .containsExactly(file("f", Map.of("same", "z", "one", 1L, "two", 2L, "three", true)));
    }

    @Test
    void edgesWithoutBothEndsAreLeftOutAndCountedOnce() throws IOException {
        GraphPart first =
                part(List.of(file("a", Map.of())), List.of(edge("a", "b"), edge("a", "gone"), edge("gone", "a")));
        GraphPart second = part(List.of(file("b", Map.of())), List.of(edge("a", "b"), edge("a", "gone")));
        GraphMerge.Merged merged = GraphMerge.merge(List.of(first, second), temp.resolve("graph"));
        assertThat(edges(temp.resolve("graph"))).containsExactly(edge("a", "b"));
        assertThat(merged.danglingEdges()).isEqualTo(2);
        assertThat(merged.summary().edges()).isEqualTo(Map.of("USES", 1L));
    }

    @Test
    void noPartsGiveAnEmptyGraph() throws IOException {
        GraphMerge.Merged merged = GraphMerge.merge(List.of(), temp.resolve("graph"));
        assertThat(merged.summary().nodes()).isEmpty();
        assertThat(temp.resolve("graph/nodes.jsonl")).isEmptyFile();
        assertThat(temp.resolve("graph/edges.jsonl")).isEmptyFile();
    }

    @Test
    void randomPartsGiveWhatTheModelSays() throws IOException {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            Map<NodeId, Map<String, Object>> modelNodes = new TreeMap<>();
            Map<NodeId, Node> any = new LinkedHashMap<>();
            Set<Edge> allEdges = new HashSet<>();
            List<GraphPart> list = new ArrayList<>();
            for (int p = 0; p < 1 + random.nextInt(4); p++) {
                Map<NodeId, Node> nodes = new LinkedHashMap<>();
                List<Edge> edges = new ArrayList<>();
                for (int i = 0; i < random.nextInt(40); i++) {
                    Map<String, Object> properties = new TreeMap<>();
                    for (String name : List.of("a", "b", "c")) {
                        if (random.nextBoolean()) {
                            properties.put(name, (long) random.nextInt(5));
                        }
                    }
                    Node node = file("f" + random.nextInt(30), properties);
                    nodes.putIfAbsent(node.id(), node);
                    edges.add(edge("f" + random.nextInt(30), "f" + random.nextInt(30)));
                }
                list.add(part(List.copyOf(nodes.values()), edges));
                nodes.values().forEach(node -> {
                    any.put(node.id(), node);
                    Map<String, Object> all = modelNodes.computeIfAbsent(node.id(), id -> new TreeMap<>());
                    node.properties().forEach(all::putIfAbsent);
                });
                allEdges.addAll(edges);
            }
            Path out = temp.resolve("graph" + seed);
            GraphMerge.Merged merged = GraphMerge.merge(list, out);
            List<Node> expected = new ArrayList<>();
            modelNodes.forEach((id, properties) -> expected.add(new Node(id, Label.FILE, properties)));
            assertThat(nodes(out)).as("seed %d", seed).isEqualTo(expected);
            Set<Edge> kept = new HashSet<>(allEdges);
            kept.removeIf(edge -> !any.containsKey(edge.source()) || !any.containsKey(edge.target()));
            assertThat(edges(out)).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(kept);
            assertThat(merged.danglingEdges()).isEqualTo(allEdges.size() - kept.size());
            assertThat(Files.readAllLines(out.resolve("edges.jsonl"))).isSorted();
        }
    }

    @Test
    void stopsWhenTheThreadIsInterrupted() throws IOException {
        GraphPart interrupting = part(List.of(file("a", Map.of())), List.of());

        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> GraphMerge.merge(List.of(interrupting), temp.resolve("merged")))
                    .isInstanceOf(InterruptedIOException.class);
        } finally {
            assertThat(Thread.interrupted()).isFalse();
        }
    }
}
