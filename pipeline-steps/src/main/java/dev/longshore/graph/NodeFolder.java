package dev.longshore.graph;

import java.io.IOException;
import java.util.Arrays;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes one line of several successive lines with the same id: all their properties, the first line's where they
 * disagree. Lines of a single node pass through unparsed.
 */
final class NodeFolder {
    private final SortedLines.LineConsumer out;
    private byte @Nullable [] pending;

    NodeFolder(SortedLines.LineConsumer out) {
        this.out = out;
    }

    void accept(byte[] line) throws IOException {
        byte[] previous = pending;
        if (previous == null) {
            pending = line;
        } else if (sameId(previous, line)) {
            pending = folded(JsonLines.node(previous), JsonLines.node(line));
        } else {
            out.accept(previous);
            pending = line;
        }
    }

    /** Gives the last line on; call once, at the end. */
    void flush() throws IOException {
        byte[] last = pending;
        if (last != null) {
            out.accept(last);
            pending = null;
        }
    }

    /** Compares the ids of two node lines by the order of the bytes. */
    static int compareIds(byte[] a, byte[] b) {
        int from = JsonLines.NODE_ID_START;
        return Arrays.compareUnsigned(a, from, JsonLines.plainEnd(a, from), b, from, JsonLines.plainEnd(b, from));
    }

    private static boolean sameId(byte[] a, byte[] b) {
        return compareIds(a, b) == 0;
    }

    private static byte[] folded(Node first, Node second) {
        TreeMap<String, Object> properties = new TreeMap<>(second.properties());
        properties.putAll(first.properties());
        return JsonLines.encode(new Node(first.id(), first.label(), properties));
    }
}
