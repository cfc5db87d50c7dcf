package dev.longshore.graph;

/**
 * A node's stable id, for example {@code File:1f0a…} (label, colon, 32 hexadecimal digits). Made by {@link NodeIds}.
 */
public record NodeId(String value) implements Comparable<NodeId> {
    static final int HEX_DIGITS_OF_A_LONG = 16;

    /** The first 64 of the id's 128 bits, for sets and tables that must be small. */
    public long high() {
        int end = value.length() - HEX_DIGITS_OF_A_LONG;
        return Long.parseUnsignedLong(value, end - HEX_DIGITS_OF_A_LONG, end, 16);
    }

    /** The last 64 of the id's 128 bits. */
    public long low() {
        return Long.parseUnsignedLong(value, value.length() - HEX_DIGITS_OF_A_LONG, value.length(), 16);
    }

    @Override
    public int compareTo(NodeId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
