package dev.longshore.graph;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Nodes and edges to and from one line of JSON each, without the line's end.
 *
 * <p>The order of the fields and of the properties is fixed: ids come first, so that sorting whole lines by their bytes
 * sorts nodes by id and edges by source, target, type.
 */
final class JsonLines {
    /** What stands before the id in every node's line. */
    static final int NODE_ID_START = "{\"id\":\"".length();

    /** What stands before the source's id in every edge's line. */
    static final int SOURCE_START = "{\"source\":\"".length();

    /** What stands between the source's id and the target's. */
    static final int SOURCE_TO_TARGET = "\",\"target\":\"".length();

    private static final JsonFactory JSON = new JsonFactory();

    private JsonLines() {}

    static byte[] encode(Node node) {
        LineBuffer line = new LineBuffer();
        line.plain("{\"id\":").text(node.id().value());
        line.plain(",\"labels\":[\"").plain(node.label().text()).plain("\"]");
        return properties(line, node.properties());
    }

    static byte[] encode(Edge edge) {
        LineBuffer line = new LineBuffer();
        line.plain("{\"source\":").text(edge.source().value());
        line.plain(",\"target\":").text(edge.target().value());
        line.plain(",\"type\":\"").plain(edge.type().name()).plain("\"");
        return properties(line, edge.properties());
    }

    /** The node that {@link #encode(Node)} wrote. */
    static Node node(byte[] line) throws IOException {
        Fields fields = fields(line);
        return new Node(
                new NodeId(fields.text("id")),
                Label.of(fields.labels.get(0)).orElseThrow(() -> new IOException("unknown label " + fields.labels)),
                fields.properties);
    }

    /** Where an id, label or type that starts at {@code start} of a line of ours ends: before its quote. */
    static int plainEnd(byte[] line, int start) {
        int end = start;
        while (line[end] != '"') {
            end++;
        }
        return end;
    }

    /** The edge that {@link #encode(Edge)} wrote. */
    static Edge edge(byte[] line) throws IOException {
        Fields fields = fields(line);
        String type = fields.text("type");
        return new Edge(
                new NodeId(fields.text("source")),
                new NodeId(fields.text("target")),
                EdgeType.of(type).orElseThrow(() -> new IOException("unknown edge type " + type)),
                fields.properties);
    }

    private static byte[] properties(LineBuffer line, Map<String, Object> properties) {
        line.plain(",\"properties\":{");
        String separator = "";
        for (Map.Entry<String, Object> property : properties.entrySet()) {
            line.plain(separator).text(property.getKey()).plain(":");
            value(line, property.getValue());
            separator = ",";
        }
        return line.plain("}}").toBytes();
    }

    private static void value(LineBuffer line, Object value) {
        if (value instanceof String text) {
            line.text(text);
        } else if (value instanceof Boolean || value instanceof Number) {
            line.plain(value.toString());
        } else {
            line.plain("[");
            String separator = "";
            for (Object item : (List<?>) value) {
                line.plain(separator).text((String) item);
                separator = ",";
            }
            line.plain("]");
        }
    }

    private static final class Fields {
        final Map<String, String> texts = new TreeMap<>();
        final List<String> labels = new ArrayList<>(1);
        final Map<String, Object> properties = new TreeMap<>();

        String text(String name) throws IOException {
            String text = texts.get(name);
            if (text == null) {
                throw new IOException("a line of the graph has no " + name);
            }
            return text;
        }
    }

    private static Fields fields(byte[] line) throws IOException {
        Fields fields = new Fields();
        try (JsonParser json = JSON.createParser(line)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                switch (json.nextToken()) {
                    case START_ARRAY -> readTexts(json, fields.labels);
                    case START_OBJECT -> readProperties(json, fields.properties);
                    default -> fields.texts.put(name, json.getText());
                }
            }
        }
        return fields;
    }

    private static void readProperties(JsonParser json, Map<String, Object> properties) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            properties.put(
                    name,
                    switch (json.nextToken()) {
                        case VALUE_TRUE -> true;
                        case VALUE_FALSE -> false;
                        case VALUE_NUMBER_INT -> json.getLongValue();
                        case START_ARRAY -> readTexts(json, new ArrayList<>());
                        default -> json.getText();
                    });
        }
    }

    private static List<String> readTexts(JsonParser json, List<String> texts) throws IOException {
        while (json.nextToken() != JsonToken.END_ARRAY) {
            texts.add(json.getText());
        }
        return texts;
    }
}
