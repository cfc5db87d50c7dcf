package dev.longshore.docgrapher;

/**
 * A map from 64-bit hashes of text to numbers, in 24 to 48 bytes an entry: the names and paths of a million files would
 * not fit in memory as texts. Two texts with one hash are taken for the same; among ten million texts that has a chance
 * of one in 370,000. Not thread-safe while it is filled; safe to read afterwards.
 */
final class LongTable {
    static final int NONE = -1;

    private long[] keys = new long[1024];
    /** One more than the value; 0 marks an empty slot. */
    private int[] values = new int[1024];

    private int size;

    /** The value of a key, or {@link #NONE}. */
    int get(long key) {
        return values[slot(keys, values, key)] - 1;
    }

    /** Sets a key's value and gives the one before, or {@link #NONE}. */
    int put(long key, int value) {
        if ((size + 1) * 4L > keys.length * 3L) {
            grow();
        }
        int slot = slot(keys, values, key);
        int before = values[slot] - 1;
        if (before == NONE) {
            keys[slot] = key;
            size++;
        }
        values[slot] = value + 1;
        return before;
    }

    private static int slot(long[] keys, int[] values, long key) {
        int mask = keys.length - 1;
        int slot = (int) (key ^ key >>> 32) & mask;
        while (values[slot] != 0 && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] largerKeys = new long[keys.length * 2];
        int[] largerValues = new int[keys.length * 2];
        for (int i = 0; i < keys.length; i++) {
            if (values[i] != 0) {
                int slot = slot(largerKeys, largerValues, keys[i]);
                largerKeys[slot] = keys[i];
                largerValues[slot] = values[i];
            }
        }
        keys = largerKeys;
        values = largerValues;
    }

    /** A text's hash. */
    static long hash(CharSequence text) {
        return hash(text, 0, text.length());
    }

    static long hash(CharSequence text, int from, int to) {
        long hash = 0x9E3779B97F4A7C15L;
        for (int i = from; i < to; i++) {
            hash = (hash ^ text.charAt(i)) * 0xD6E8FEB86659FD93L;
            hash ^= hash >>> 32;
        }
        return hash;
    }
}
