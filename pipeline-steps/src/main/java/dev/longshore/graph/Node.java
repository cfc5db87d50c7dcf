package dev.longshore.graph;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node of the graph.
 *
 * @param properties by name; values are String, Boolean, Integer, Long or a List of String
 */
public record Node(NodeId id, Label label, Map<String, Object> properties) {
    public Node {
        properties = PropertyValues.checked(properties);
    }

    /** The property, or null if the node has none such. */
    public @Nullable Object property(String name) {
        return properties.get(name);
    }

    /** The property as text; throws if the node has none such, or it is not text. */
    public String text(String name) {
        if (properties.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(id + " has no text property " + name);
    }
}
