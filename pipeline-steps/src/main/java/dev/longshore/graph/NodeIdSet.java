package dev.longshore.graph;

import java.util.HexFormat;

/**
 * A set of node ids that costs 21 to 43 bytes of heap an id (two longs, half to full three quarters), where a HashSet of
 * NodeId costs well over 200: the ids of a million files fit in 32 MiB. Not thread-safe.
 *
 * <p>The digits of an id hash its label too, so the label need not be kept.
 */
public final class NodeIdSet {
    private static final int HEX_DIGITS_OF_A_LONG = NodeId.HEX_DIGITS_OF_A_LONG;

    private long[] slots = new long[2 * 1024];
    private int size;
    /** The id whose 128 bits are all zero cannot be told from an empty slot. */
    private boolean holdsZero;

    public int size() {
        return size;
    }

    public boolean add(NodeId id) {
        return add(id.high(), id.low());
    }

    public boolean contains(NodeId id) {
        return contains(id.high(), id.low());
    }

    /** Adds the id that stands in {@code line} before {@code end}, without making an object of it. */
    boolean addBefore(byte[] line, int end) {
        return add(hex(line, end - 2 * HEX_DIGITS_OF_A_LONG), hex(line, end - HEX_DIGITS_OF_A_LONG));
    }

    boolean containsBefore(byte[] line, int end) {
        return contains(hex(line, end - 2 * HEX_DIGITS_OF_A_LONG), hex(line, end - HEX_DIGITS_OF_A_LONG));
    }

    private static long hex(byte[] line, int from) {
        long value = 0;
        for (int i = from; i < from + HEX_DIGITS_OF_A_LONG; i++) {
            value = (value << 4) | HexFormat.fromHexDigit(line[i]);
        }
        return value;
    }

    private boolean add(long high, long low) {
        if (high == 0 && low == 0) {
            boolean added = !holdsZero;
            holdsZero = true;
            size += added ? 1 : 0;
            return added;
        }
        if ((size + 1) * 4L > (slots.length / 2) * 3L) {
            grow();
        }
        if (!put(slots, high, low)) {
            return false;
        }
        size++;
        return true;
    }

    private boolean contains(long high, long low) {
        if (high == 0 && low == 0) {
            return holdsZero;
        }
        int mask = slots.length / 2 - 1;
        for (int slot = (int) low & mask; ; slot = (slot + 1) & mask) {
            long h = slots[2 * slot];
            long l = slots[2 * slot + 1];
            if (h == high && l == low) {
                return true;
            }
            if (h == 0 && l == 0) {
                return false;
            }
        }
    }

    private static boolean put(long[] slots, long high, long low) {
        int mask = slots.length / 2 - 1;
        for (int slot = (int) low & mask; ; slot = (slot + 1) & mask) {
            long h = slots[2 * slot];
            long l = slots[2 * slot + 1];
            if (h == high && l == low) {
                return false;
            }
            if (h == 0 && l == 0) {
                slots[2 * slot] = high;
                slots[2 * slot + 1] = low;
                return true;
            }
        }
    }

    private void grow() {
        long[] larger = new long[slots.length * 2];
        for (int i = 0; i < slots.length; i += 2) {
            if (slots[i] != 0 || slots[i + 1] != 0) {
                put(larger, slots[i], slots[i + 1]);
            }
        }
        slots = larger;
    }
}
