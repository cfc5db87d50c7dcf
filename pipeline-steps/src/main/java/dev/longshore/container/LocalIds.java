package dev.longshore.container;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.graph.Label;
import dev.longshore.graph.NodeId;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The ids that an image gave its nodes, with the real id of each: some 64 bytes of heap a node, where a HashMap of texts
 * takes over 300. Ids are kept as 128 bits of a SHA-256 that begins with random bytes, so that an image cannot choose ids
 * that collide. Not thread-safe.
 */
final class LocalIds {
    /** Local id (2 longs), real id (2 longs), content, line and label. */
    private static final int WIDTH = 6;

    private static final int ROWS_OF_A_CHUNK = 1 << 13;
    private static final int LABEL_BITS = 8;
    /** In the place of a label: the node was dropped, and so is what hangs on it. */
    private static final int DROPPED = 0xFF;

    private static final List<Label> LABELS = List.of(Label.values());

    private final MessageDigest sha256 = sha256();
    private final byte[] salt = new byte[16];
    private final List<long[]> chunks = new ArrayList<>();
    private int size;
    private final Index byLocal = new Index(0);
    private final Index byReal = new Index(2);
    private long high;
    private long low;

    LocalIds() {
        new SecureRandom().nextBytes(salt);
    }

    int size() {
        return size;
    }

    /** The row of this local id, or -1 if there is none; it is the one that is added next then. */
    int find(String localId) {
        hash(localId);
        return byLocal.find(high, low);
    }

    /** The row of the node that was added with this real id, or -1 if there is none. */
    int find(NodeId real) {
        return byReal.find(real.high(), real.low());
    }

    /**
     * Adds a node under the local id that {@link #find(String)} was last called with, and did not find.
     *
     * @param defines whether {@link #find(NodeId)} shall find it: not, if it only refers to another
     */
    void add(NodeId real, Label label, long content, long line, boolean defines) {
        long realHigh = real.high();
        long realLow = real.low();
        int row = addRow(realHigh, realLow, content, line << LABEL_BITS | LABELS.indexOf(label));
        byLocal.put(low, row);
        if (defines) {
            byReal.put(realLow, row);
        }
    }

    /** Adds, likewise, a node that is left out. */
    void addDropped(long content, long line) {
        byLocal.put(low, addRow(0, 0, content, line << LABEL_BITS | DROPPED));
    }

    boolean isDropped(int row) {
        return (value(row, 5) & DROPPED) == DROPPED;
    }

    /** The real id of a row that was not dropped. */
    NodeId real(int row) {
        HexFormat hex = HexFormat.of();
        String label = LABELS.get((int) (value(row, 5) & DROPPED)).text();
        return new NodeId(label + ":" + hex.toHexDigits(value(row, 2)) + hex.toHexDigits(value(row, 3)));
    }

    long content(int row) {
        return value(row, 4);
    }

    long line(int row) {
        return value(row, 5) >>> LABEL_BITS;
    }

    /** What a node says, in 64 bits: equal for equal properties in whatever order they stood. */
    long contentOf(Label label, Map<String, Object> properties) {
        sha256.update(salt);
        update(label.text());
        properties.forEach((name, value) -> {
            update(name);
            if (value instanceof List<?> items) {
                update("list of " + items.size());
                items.forEach(item -> update((String) item));
            } else {
                update(value.getClass().getSimpleName());
                update(value.toString());
            }
        });
        return longAt(sha256.digest(), 0);
    }

    private void update(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        // Its length first: else "ab" and "c" would be the same as "a" and "bc".
        for (int shift = 24; shift >= 0; shift -= 8) {
            sha256.update((byte) (bytes.length >>> shift));
        }
        sha256.update(bytes);
    }

    private void hash(String localId) {
        sha256.update(salt);
        sha256.update(localId.getBytes(UTF_8));
        byte[] digest = sha256.digest();
        high = longAt(digest, 0);
        low = longAt(digest, Long.BYTES);
    }

    private int addRow(long realHigh, long realLow, long content, long lineAndLabel) {
        int row = size++;
        if (row % ROWS_OF_A_CHUNK == 0) {
            chunks.add(new long[ROWS_OF_A_CHUNK * WIDTH]);
        }
        long[] chunk = chunks.get(row / ROWS_OF_A_CHUNK);
        int at = row % ROWS_OF_A_CHUNK * WIDTH;
        chunk[at] = high;
        chunk[at + 1] = low;
        chunk[at + 2] = realHigh;
        chunk[at + 3] = realLow;
        chunk[at + 4] = content;
        chunk[at + 5] = lineAndLabel;
        return row;
    }

    private long value(int row, int column) {
        return chunks.get(row / ROWS_OF_A_CHUNK)[row % ROWS_OF_A_CHUNK * WIDTH + column];
    }

    /** Rows by the 128 bits that begin at a column; open addressing, three quarters full at most. */
    private final class Index {
        private final int column;
        /** Row + 1, or 0 for none. */
        private int[] slots = new int[1024];

        private int used;

        Index(int column) {
            this.column = column;
        }

        int find(long high, long low) {
            int mask = slots.length - 1;
            for (int slot = (int) low & mask; slots[slot] != 0; slot = (slot + 1) & mask) {
                int row = slots[slot] - 1;
                if (value(row, column) == high && value(row, column + 1) == low) {
                    return row;
                }
            }
            return -1;
        }

        void put(long low, int row) {
            if ((used + 1) * 4L > slots.length * 3L) {
                int[] smaller = slots;
                slots = new int[smaller.length * 2];
                Arrays.stream(smaller)
                        .filter(slot -> slot != 0)
                        .forEach(slot -> place(value(slot - 1, column + 1), slot));
            }
            place(low, row + 1);
            used++;
        }

        private void place(long low, int content) {
            int mask = slots.length - 1;
            int slot = (int) low & mask;
            while (slots[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            slots[slot] = content;
        }
    }

    private static long longAt(byte[] bytes, int from) {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = (value << 8) | (bytes[from + i] & 0xFF);
        }
        return value;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
