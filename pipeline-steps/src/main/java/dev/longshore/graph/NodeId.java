package dev.longshore.graph;

/**
 * A node's stable id, for example {@code File:1f0a…} (label, colon, 32 hexadecimal digits). Made by {@link NodeIds}.
 */
public record NodeId(String value) implements Comparable<NodeId> {
    @Override
    public int compareTo(NodeId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
