package dev.longshore.pipeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A YAML mapping being read: each key is taken once, and what is wrong is noted with its line instead of thrown, so that
 * all of it can be told at once. {@link #finish()} notes the keys that nobody took.
 */
final class YamlMap {
    private final String what;
    private final Map<String, NodeTuple> entries = new LinkedHashMap<>();
    private final List<PipelineProblem> problems;
    private final int line;
    private final List<String> taken = new ArrayList<>();

    /** @param what how to call this mapping in messages: {@code the pipeline}, {@code step blarify} */
    YamlMap(String what, Node node, List<PipelineProblem> problems) {
        this.what = what;
        this.problems = problems;
        this.line = lineOf(node);
        if (!(node instanceof MappingNode mapping)) {
            problems.add(new PipelineProblem(line, what + " must be a mapping (key: value)"));
            return;
        }
        for (NodeTuple entry : mapping.getValue()) {
            Node key = entry.getKeyNode();
            if (!(key instanceof ScalarNode scalar)) {
                problems.add(new PipelineProblem(lineOf(key), "a key of " + what + " must be text"));
            } else if (entries.put(scalar.getValue(), entry) != null) {
                problems.add(new PipelineProblem(lineOf(key), what + " has " + scalar.getValue() + " twice"));
            }
        }
    }

    private YamlMap(String what, int line, List<PipelineProblem> problems) {
        this.what = what;
        this.line = line;
        this.problems = problems;
    }

    /** A mapping with no entries, standing where {@code node} does. */
    static YamlMap empty(String what, Node node, List<PipelineProblem> problems) {
        return new YamlMap(what, lineOf(node), problems);
    }

    int line() {
        return line;
    }

    static int lineOf(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(-1) + 1;
    }

    Optional<Node> take(String key) {
        taken.add(key);
        return Optional.ofNullable(entries.get(key)).map(NodeTuple::getValueNode);
    }

    /** The value of a scalar, or empty (noted if it is there but no scalar). */
    Optional<ScalarNode> takeScalar(String key) {
        Optional<Node> node = take(key);
        if (node.isPresent() && !(node.get() instanceof ScalarNode)) {
            problem(node.get(), key + " must be a single value");
            return Optional.empty();
        }
        return node.map(ScalarNode.class::cast);
    }

    /** Every entry in the order of the file, all of them taken. */
    void forEach(BiConsumer<String, NodeTuple> consumer) {
        entries.forEach((key, entry) -> {
            taken.add(key);
            consumer.accept(key, entry);
        });
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    void problem(Node where, String message) {
        problems.add(new PipelineProblem(lineOf(where), what + ": " + message));
    }

    void problem(String message) {
        problems.add(new PipelineProblem(line, what + ": " + message));
    }

    void finish() {
        entries.forEach((key, entry) -> {
            if (!taken.contains(key)) {
                problem(entry.getKeyNode(), "unknown key " + key + "; known are " + String.join(", ", taken));
            }
        });
    }

    /** The value as Java has it: String, Long, Double, Boolean, List; empty for null and for what has no such form. */
    static Optional<Object> value(Node node) {
        if (node instanceof ScalarNode scalar) {
            return scalarValue(scalar);
        }
        if (node instanceof SequenceNode sequence) {
            List<Object> list = new ArrayList<>();
            for (Node item : sequence.getValue()) {
                Optional<Object> value = value(item);
                if (value.isEmpty()) {
                    return Optional.empty();
                }
                list.add(value.get());
            }
            return Optional.of(list);
        }
        return Optional.empty();
    }

    private static Optional<Object> scalarValue(ScalarNode scalar) {
        String text = scalar.getValue();
        Tag tag = scalar.getTag();
        try {
            if (tag.equals(Tag.BOOL)) {
                return Optional.of(Boolean.valueOf(text));
            }
            if (tag.equals(Tag.INT)) {
                return Optional.of(Long.valueOf(text));
            }
            if (tag.equals(Tag.FLOAT)) {
                return Optional.of(Double.valueOf(text));
            }
        } catch (NumberFormatException e) {
            return Optional.empty(); // beyond 64 bits: no option takes it
        }
        return tag.equals(Tag.NULL) ? Optional.empty() : Optional.of(text);
    }
}
