package dev.longshore.graph;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
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

    private static final JsonFactory JSON = new JsonFactory();

    private JsonLines() {}

    static byte[] encode(Node node) {
        return encode(json -> {
            json.writeStringField("id", node.id().value());
            json.writeArrayFieldStart("labels");
            json.writeString(node.label().text());
            json.writeEndArray();
            writeProperties(json, node.properties());
        });
    }

    static byte[] encode(Edge edge) {
        return encode(json -> {
            json.writeStringField("source", edge.source().value());
            json.writeStringField("target", edge.target().value());
            json.writeStringField("type", edge.type().name());
            writeProperties(json, edge.properties());
        });
    }

    /** The node that {@link #encode(Node)} wrote. */
    static Node node(byte[] line) throws IOException {
        Fields fields = fields(line);
        return new Node(
                new NodeId(fields.text("id")),
                Label.of(fields.labels.get(0)).orElseThrow(() -> new IOException("unknown label " + fields.labels)),
                fields.properties);
    }

    /** The id in a line that {@link #encode(Node)} wrote, without parsing the rest. */
    static NodeId nodeId(byte[] line) {
        int start = NODE_ID_START;
        int end = start;
        while (line[end] != '"') {
            end++;
        }
        return new NodeId(new String(line, start, end - start, US_ASCII));
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

    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    private static byte[] encode(Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            body.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }

    private static void writeProperties(JsonGenerator json, Map<String, Object> properties) throws IOException {
        json.writeObjectFieldStart("properties");
        for (Map.Entry<String, Object> property : properties.entrySet()) {
            json.writeFieldName(property.getKey());
            writeValue(json, property.getValue());
        }
        json.writeEndObject();
    }

    private static void writeValue(JsonGenerator json, Object value) throws IOException {
        if (value instanceof String text) {
            json.writeString(wellFormed(text));
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Number number) {
            json.writeNumber(number.longValue());
        } else {
            json.writeStartArray();
            for (Object item : (List<?>) value) {
                json.writeString(wellFormed((String) item));
            }
            json.writeEndArray();
        }
    }

    /** Half a surrogate pair has no UTF-8: U+FFFD stands in its place, as in every decoder. */
    private static String wellFormed(String text) {
        StringBuilder mended = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            if (mended == null) {
                mended = new StringBuilder(text);
            }
            mended.setCharAt(i, '\uFFFD');
        }
        return mended == null ? text : mended.toString();
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
