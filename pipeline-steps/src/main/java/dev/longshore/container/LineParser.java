package dev.longshore.container;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.longshore.container.OutputLine.EdgeLine;
import dev.longshore.container.OutputLine.NodeLine;
import dev.longshore.graph.EdgeType;
import dev.longshore.graph.Label;
import dev.longshore.text.ForeignText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Parses lines of {@code nodes.jsonl} and {@code edges.jsonl}: the graph's own shape and nothing else. Not a line is
 * mended: what is read is what was written. Not thread-safe.
 */
final class LineParser {
    private static final int LONGEST_NAME = 64;
    private static final int LONGEST_NUMBER = 19 + 1;
    /** The line, its properties, a list in them; and one more, which is refused with a better word than the parser's. */
    private static final int DEPTH = 4;

    // A parser of its own for each output: names that an image makes up are forgotten with it. Interning would keep
    // them.
    private final JsonFactory json = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            // Names made to collide would end the parse with an exception that says nothing of the line.
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH)
                    .maxStringLength(OutputLimits.TEXT)
                    .maxNameLength(OutputLimits.KEY)
                    .maxNumberLength(1000)
                    .build())
            .build();

    NodeLine node(byte[] bytes, int from, int to) throws InvalidLine {
        return parse(bytes, from, to, LineParser::node);
    }

    EdgeLine edge(byte[] bytes, int from, int to) throws InvalidLine {
        return parse(bytes, from, to, LineParser::edge);
    }

    /** The names and numbers of {@code counts.json}. */
    SortedMap<String, Long> counts(byte[] bytes, int from, int to) throws InvalidLine {
        return parse(bytes, from, to, LineParser::counts);
    }

    private interface Body<T> {
        T read(JsonParser json) throws IOException, InvalidLine;
    }

    private <T> T parse(byte[] bytes, int from, int to, Body<T> body) throws InvalidLine {
        int invalid = Utf8.firstInvalid(bytes, from, to);
        if (invalid >= 0) {
            throw new InvalidLine(String.format(
                    Locale.ROOT, "byte %d (0x%02X) is not UTF-8", invalid - from + 1, bytes[invalid] & 0xFF));
        }
        try (JsonParser parser = json.createParser(bytes, from, to - from)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new InvalidLine("an empty line");
            }
            if (first != JsonToken.START_OBJECT) {
                throw new InvalidLine("not a JSON object but " + kind(first));
            }
            T read = body.read(parser);
            if (parser.nextToken() != null) {
                throw new InvalidLine("something follows the JSON object");
            }
            return read;
        } catch (StreamConstraintsException e) {
            throw new InvalidLine("a text longer than " + OutputLimits.TEXT + " characters, a name longer than "
                    + OutputLimits.KEY + " or a number longer than 1000");
        } catch (JsonProcessingException e) {
            throw new InvalidLine("not JSON, at column " + e.getLocation().getColumnNr() + ": "
                    + ForeignText.oneLine(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    private static NodeLine node(JsonParser json) throws IOException, InvalidLine {
        String id = null;
        Label label = null;
        SortedMap<String, Object> properties = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "id" -> id = once(field, id, localId(json, field, value));
                case "labels" -> label = once(field, label, label(json, value));
                case "properties" -> properties = once(field, properties, properties(json, value));
                default -> throw unknown(field, "id, labels and properties");
            }
        }
        return new NodeLine(needed("id", id), needed("labels", label), needed("properties", properties));
    }

    private static EdgeLine edge(JsonParser json) throws IOException, InvalidLine {
        String source = null;
        String target = null;
        EdgeType type = null;
        SortedMap<String, Object> properties = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "source" -> source = once(field, source, localId(json, field, value));
                case "target" -> target = once(field, target, localId(json, field, value));
                case "type" -> type = once(field, type, type(json, value));
                case "properties" -> properties = once(field, properties, properties(json, value));
                default -> throw unknown(field, "source, target, type and properties");
            }
        }
        return new EdgeLine(
                needed("source", source),
                needed("target", target),
                needed("type", type),
                properties == null ? new TreeMap<>() : properties);
    }

    private static SortedMap<String, Long> counts(JsonParser json) throws IOException, InvalidLine {
        TreeMap<String, Long> counts = new TreeMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = name(json.currentName(), "count");
            JsonToken token = json.nextToken();
            long value = token == JsonToken.VALUE_NUMBER_INT ? wholeNumber(json, "count " + name) : -1;
            if (value < 0) {
                throw new InvalidLine("count " + name + ": not a whole number from 0 on");
            }
            if (counts.put(name, value) != null) {
                throw new InvalidLine("count " + name + " is there twice");
            }
            if (counts.size() > OutputLimits.COUNTS) {
                throw new InvalidLine("more than " + OutputLimits.COUNTS + " counts");
            }
        }
        return counts;
    }

    private static String localId(JsonParser json, String field, JsonToken token) throws IOException, InvalidLine {
        String id = text(json, field, token);
        if (id.isEmpty() || id.length() > OutputLimits.LOCAL_ID) {
            throw new InvalidLine(field + " must have 1 to " + OutputLimits.LOCAL_ID + " characters");
        }
        return id;
    }

    private static Label label(JsonParser json, JsonToken token) throws IOException, InvalidLine {
        if (token != JsonToken.START_ARRAY) {
            throw new InvalidLine("labels must be a list of one label, not " + kind(token));
        }
        JsonToken first = json.nextToken();
        if (first == JsonToken.END_ARRAY) {
            throw new InvalidLine("labels must be a list of one label, not an empty one");
        }
        String text = text(json, "a label", first);
        if (json.nextToken() != JsonToken.END_ARRAY) {
            throw new InvalidLine("labels must be a list of one label, not of more");
        }
        return Label.of(text).orElseThrow(() -> new InvalidLine("unknown label " + ForeignText.quoted(text)));
    }

    private static EdgeType type(JsonParser json, JsonToken token) throws IOException, InvalidLine {
        String text = text(json, "type", token);
        return EdgeType.of(text).orElseThrow(() -> new InvalidLine("unknown edge type " + ForeignText.quoted(text)));
    }

    private static SortedMap<String, Object> properties(JsonParser json, JsonToken token)
            throws IOException, InvalidLine {
        if (token != JsonToken.START_OBJECT) {
            throw new InvalidLine("properties must be an object, not " + kind(token));
        }
        TreeMap<String, Object> properties = new TreeMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = name(json.currentName(), "property");
            Object value = value(json, "property " + name, json.nextToken());
            if (properties.put(name, value) != null) {
                throw new InvalidLine("property " + name + " is there twice");
            }
            if (properties.size() > OutputLimits.PROPERTIES) {
                throw new InvalidLine("more than " + OutputLimits.PROPERTIES + " properties");
            }
        }
        return properties;
    }

    private static Object value(JsonParser json, String what, JsonToken token) throws IOException, InvalidLine {
        return switch (token) {
            case VALUE_STRING -> json.getText();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT -> wholeNumber(json, what);
            case START_ARRAY -> list(json, what);
            case VALUE_NUMBER_FLOAT ->
                throw new InvalidLine(what + ": a number with a fraction or an exponent; write it as text");
            case VALUE_NULL -> throw new InvalidLine(what + ": null; leave the property out");
            default ->
                throw new InvalidLine(what + ": " + kind(token) + "; a value is text, a whole number, true, false"
                        + " or a list of texts");
        };
    }

    private static List<String> list(JsonParser json, String what) throws IOException, InvalidLine {
        List<String> items = new ArrayList<>();
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            items.add(text(json, "an item of " + what, token));
            if (items.size() > OutputLimits.LIST_ITEMS) {
                throw new InvalidLine(what + ": more than " + OutputLimits.LIST_ITEMS + " items");
            }
        }
        return items;
    }

    private static long wholeNumber(JsonParser json, String what) throws IOException, InvalidLine {
        if (json.getTextLength() > LONGEST_NUMBER || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw new InvalidLine(what + ": a whole number that 64 bits do not hold");
        }
        return json.getLongValue();
    }

    private static String text(JsonParser json, String what, JsonToken token) throws IOException, InvalidLine {
        if (token != JsonToken.VALUE_STRING) {
            throw new InvalidLine(what + " must be text, not " + kind(token));
        }
        return json.getText();
    }

    private static String name(String name, String what) throws InvalidLine {
        boolean valid = !name.isEmpty() && name.length() <= LONGEST_NAME && isLetter(name.charAt(0));
        for (int i = 1; valid && i < name.length(); i++) {
            char c = name.charAt(i);
            valid = isLetter(c) || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
        }
        if (!valid) {
            throw new InvalidLine("a " + what + " named " + ForeignText.quoted(name) + "; a name is a letter and up to "
                    + (LONGEST_NAME - 1) + " letters, digits, '.', '_' and '-'");
        }
        return name;
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static <T> T once(String field, @Nullable T before, T now) throws InvalidLine {
        if (before != null) {
            throw new InvalidLine(field + " is there twice");
        }
        return now;
    }

    private static <T> T needed(String field, @Nullable T value) throws InvalidLine {
        if (value == null) {
            throw new InvalidLine("no " + field);
        }
        return value;
    }

    private static InvalidLine unknown(String field, String known) {
        return new InvalidLine("unknown field " + ForeignText.quoted(field) + "; there are " + known);
    }

    private static String kind(@Nullable JsonToken token) {
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "a list";
            case VALUE_STRING -> "text";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "true or false";
            case VALUE_NULL -> "null";
            default -> "nothing";
        };
    }
}
