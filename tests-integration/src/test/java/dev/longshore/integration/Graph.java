package dev.longshore.integration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A published graph, in memory, with nodes named so that people can tell them: {@code Class src/app.py Flask}. */
final class Graph {
    private static final JsonMapper JSON = new JsonMapper();

    private final Path directory;
    private final List<JsonNode> nodes = new ArrayList<>();
    private final List<JsonNode> edges = new ArrayList<>();
    private final Map<String, String> names = new TreeMap<>();

    private Graph(Path directory) {
        this.directory = directory;
    }

    static Graph read(Path directory) throws IOException {
        Graph graph = new Graph(directory);
        for (String line : Files.readAllLines(directory.resolve("nodes.jsonl"))) {
            JsonNode node = JSON.readTree(line);
            graph.nodes.add(node);
            graph.names.put(node.path("id").asText(), name(node));
        }
        for (String line : Files.readAllLines(directory.resolve("edges.jsonl"))) {
            graph.edges.add(JSON.readTree(line));
        }
        return graph;
    }

    private static String name(JsonNode node) {
        JsonNode properties = node.path("properties");
        StringBuilder name = new StringBuilder(label(node));
        for (String key : List.of("path", "qualifiedName", "anchor", "url")) {
            if (properties.has(key) && !properties.path(key).asText().isEmpty()) {
                name.append(' ').append(properties.path(key).asText());
            }
        }
        return name.toString();
    }

    private static String label(JsonNode node) {
        return node.path("labels").get(0).asText();
    }

    Path directory() {
        return directory;
    }

    List<String> ids() {
        return nodes.stream().map(node -> node.path("id").asText()).toList();
    }

    int count(String label) {
        return (int) nodes.stream().filter(node -> label(node).equals(label)).count();
    }

    /** The edges of a type, each as {@code source -> target}. */
    Set<String> edges(String type) {
        return edges.stream()
                .filter(edge -> edge.path("type").asText().equals(type))
                .map(edge -> names.get(edge.path("source").asText()) + " -> "
                        + names.get(edge.path("target").asText()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    List<JsonNode> danglingEdges() {
        return edges.stream()
                .filter(edge -> !names.containsKey(edge.path("source").asText())
                        || !names.containsKey(edge.path("target").asText()))
                .toList();
    }

    /** How often each qualified name is defined in each file, by {@code path name}. */
    Map<String, Integer> definitions(String label) {
        Map<String, Integer> found = new TreeMap<>();
        for (JsonNode node : nodes) {
            if (label(node).equals(label)) {
                JsonNode properties = node.path("properties");
                found.merge(
                        properties.path("path").asText() + " "
                                + properties.path("qualifiedName").asText(),
                        1,
                        Integer::sum);
            }
        }
        return found;
    }
}
