package dev.longshore.docker.policy;

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
 * A mapping of a policy file being read: each key is taken once, and what is wrong is noted with its line, so that all of it can be
 * told at once. {@link #finish} notes the keys that nobody took: a misspelt rule must not be one that is not there.
 */
final class Section {
    private final Notes notes;
    private final String key;
    private final int line;
    private final Map<String, NodeTuple> entries = new LinkedHashMap<>();
    private final List<String> taken = new ArrayList<>();

    /** What has been found wrong so far, in which file. */
    record Notes(String origin, List<PolicyProblem> problems) {
        void add(Node where, String message) {
            problems.add(new PolicyProblem(lineOf(where), message));
        }
    }

    /** @param key how to call it in messages; empty for the file as a whole */
    Section(Notes notes, String key, Node node) {
        this.notes = notes;
        this.key = key;
        this.line = lineOf(node);
        if (!(node instanceof MappingNode mapping)) {
            notes.add(node, name() + " must be a mapping (key: value)");
            return;
        }
        for (NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode scalar)) {
                notes.add(entry.getKeyNode(), "a key of " + name() + " must be text");
            } else if (entries.put(scalar.getValue(), entry) != null) {
                notes.add(scalar, name() + " has " + Quoted.of(scalar.getValue()) + " twice");
            }
        }
    }

    static int lineOf(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(-1) + 1;
    }

    private String name() {
        return key.isEmpty() ? "the policy" : key;
    }

    Place place() {
        return new Place(notes.origin(), line, name());
    }

    Place place(String inner, Node node) {
        return new Place(notes.origin(), lineOf(node), path(inner));
    }

    String path(String inner) {
        return key.isEmpty() ? inner : key + "." + inner;
    }

    Notes notes() {
        return notes;
    }

    boolean has(String inner) {
        return entries.containsKey(inner);
    }

    /** The value of a key; nothing, and {@code null}, are not there. */
    Optional<Node> take(String inner) {
        taken.add(inner);
        return Optional.ofNullable(entries.get(inner))
                .map(NodeTuple::getValueNode)
                .filter(node -> !node.getTag().equals(Tag.NULL));
    }

    /** The value of a key that must be one text, number or word. */
    Optional<ScalarNode> scalar(String inner) {
        Optional<Node> node = take(inner);
        if (node.isPresent() && !(node.get() instanceof ScalarNode)) {
            notes.add(node.get(), path(inner) + " must be a single value");
            return Optional.empty();
        }
        return node.map(ScalarNode.class::cast);
    }

    Optional<Boolean> flag(String inner) {
        Optional<ScalarNode> node = scalar(inner);
        if (node.isPresent() && !node.get().getTag().equals(Tag.BOOL)) {
            notes.add(
                    node.get(),
                    path(inner) + " must be true or false, not "
                            + Quoted.of(node.get().getValue()));
            return Optional.empty();
        }
        return node.map(scalar -> Boolean.valueOf(scalar.getValue()));
    }

    Optional<Section> section(String inner) {
        return take(inner).map(node -> new Section(notes, path(inner), node));
    }

    /** The items of a list, each with the key to call it by; a single value is a list of one. */
    void items(String inner, BiConsumer<String, Node> consumer) {
        Optional<Node> node = take(inner);
        if (node.isEmpty()) {
            return;
        }
        if (!(node.get() instanceof SequenceNode sequence)) {
            consumer.accept(path(inner), node.get());
            return;
        }
        for (int i = 0; i < sequence.getValue().size(); i++) {
            consumer.accept(path(inner) + "[" + i + "]", sequence.getValue().get(i));
        }
    }

    /** The same, of items that are single values. */
    void texts(String inner, BiConsumer<String, ScalarNode> consumer) {
        items(inner, (itemKey, node) -> {
            if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
                consumer.accept(itemKey, scalar);
            } else {
                notes.add(node, itemKey + " must be a single value");
            }
        });
    }

    /** Every entry in the order of the file, all of them taken. */
    void forEach(BiConsumer<String, NodeTuple> consumer) {
        entries.forEach((name, entry) -> {
            taken.add(name);
            consumer.accept(name, entry);
        });
    }

    void finish() {
        entries.forEach((name, entry) -> {
            if (!taken.contains(name)) {
                notes.add(
                        entry.getKeyNode(),
                        "unknown key " + Quoted.of(path(name)) + "; known are " + String.join(", ", taken));
            }
        });
    }
}
