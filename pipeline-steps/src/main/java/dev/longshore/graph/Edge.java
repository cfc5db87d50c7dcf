package dev.longshore.graph;

import java.util.Map;

/**
 * A directed edge of the graph. Edges that differ only in their properties (two calls of one function from another, on
 * two lines) are two edges.
 *
 * @param properties by name; values as those of a {@link Node}
 */
public record Edge(NodeId source, NodeId target, EdgeType type, Map<String, Object> properties) {
    public Edge {
        properties = PropertyValues.checked(properties);
    }

    public Edge(NodeId source, NodeId target, EdgeType type) {
        this(source, target, type, Map.of());
    }
}
