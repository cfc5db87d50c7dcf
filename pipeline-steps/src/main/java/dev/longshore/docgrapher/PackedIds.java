package dev.longshore.docgrapher;

import dev.longshore.graph.Label;
import dev.longshore.graph.NodeId;
import java.util.Arrays;
import java.util.HexFormat;

/** A list of node ids that costs 17 bytes an id. Not thread-safe while it is filled; safe to read afterwards. */
final class PackedIds {
    private static final HexFormat HEX = HexFormat.of();

    private long[] halves = new long[2 * 256];
    private Label[] labels = new Label[256];
    private int size;

    /** Adds an id and gives its index. */
    int add(Label label, NodeId id) {
        if (size == labels.length) {
            halves = Arrays.copyOf(halves, halves.length * 2);
            labels = Arrays.copyOf(labels, labels.length * 2);
        }
        halves[2 * size] = id.high();
        halves[2 * size + 1] = id.low();
        labels[size] = label;
        return size++;
    }

    NodeId get(int index) {
        return new NodeId(label(index).text() + ":" + HEX.toHexDigits(halves[2 * index])
                + HEX.toHexDigits(halves[2 * index + 1]));
    }

    Label label(int index) {
        return labels[index];
    }
}
