package dev.longshore.redis;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A text as references to what came before it, where before its first byte lies {@link JobDictionary}. No state, no
 * entropy coding: a job is too short for either to pay.
 *
 * <pre>
 *   stream = length-varint sequence*
 *   sequence = token literals-varint? literal* ( match-varint? distance-varint )?
 *   token = (literals: 4 bits, 15 means that the rest follows) (match - 3: 4 bits, 0 means none, 15 that the rest follows)
 * </pre>
 */
final class Lz {
    /** The most bytes of a varint: seven bits each of 31. */
    static final int VARINT = 5;

    private static final int SHORTEST = 4;
    private static final int NIBBLE = 15;
    private static final int MATCH_BASE = SHORTEST - 1;
    /** How many of a match's places are remembered: the last ones, since its others are where it was copied from. */
    private static final int REMEMBERED = 3;

    private static final int SMALLEST_TABLE_BITS = 8;
    private static final int LARGEST_TABLE_BITS = 14;

    private static final VarHandle FOUR_BYTES =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final byte[] DICTIONARY = JobDictionary.bytes();
    private static final int DICTIONARY_BITS = 12;
    private static final short[] DICTIONARY_TABLE = dictionaryTable();

    private final byte[] text;
    private byte[] out;
    private int end;

    private Lz(byte[] head, int headLength, byte[] text) {
        this.text = text;
        this.out = Arrays.copyOf(head, headLength + VARINT + text.length / 2 + 64);
        this.end = headLength;
    }

    /** The first {@code headLength} bytes of {@code head}, which carry the text's length, and after them the sequences. */
    static byte[] compress(byte[] head, int headLength, byte[] text) {
        Lz lz = new Lz(head, headLength, text);
        lz.sequences();
        return Arrays.copyOf(lz.out, lz.end);
    }

    private void sequences() {
        int bits = Math.min(
                LARGEST_TABLE_BITS,
                Math.max(SMALLEST_TABLE_BITS, Integer.SIZE - Integer.numberOfLeadingZeros(text.length)));
        // Positions plus one, so that a fresh table is an empty one.
        int[] seen = new int[1 << bits];
        int last = text.length - SHORTEST;
        int literals = 0;
        int at = 0;
        while (at <= last) {
            int four = four(text, at);
            int slot = slot(four, bits);
            int from = seen[slot] - 1;
            seen[slot] = at + 1;
            int match = 0;
            int distance = 0;
            if (from >= 0 && four(text, from) == four) {
                match = common(text, from, at);
                distance = at - from;
            }
            int fromDictionary = DICTIONARY_TABLE[slot(four, DICTIONARY_BITS)] - 1;
            if (fromDictionary >= 0 && four(DICTIONARY, fromDictionary) == four) {
                int other = common(DICTIONARY, fromDictionary, at);
                if (other > match) {
                    match = other;
                    distance = at + DICTIONARY.length - fromDictionary;
                }
            }
            if (match == 0) {
                at++;
                continue;
            }
            // The table holds the last place of four bytes; bytes just before them may belong to the match as well.
            while (at > literals && sameBefore(at, distance)) {
                at--;
                match++;
            }
            sequence(literals, at - literals, match, distance);
            int next = at + match;
            // What lies within the match is found again where the match was. Only its end may begin something new.
            for (int i = Math.max(at + 1, next - REMEMBERED); i < next && i <= last; i++) {
                seen[slot(four(text, i), bits)] = i + 1;
            }
            at = next;
            literals = next;
        }
        if (literals < text.length) {
            sequence(literals, text.length - literals, 0, 0);
        }
    }

    private int common(byte[] source, int from, int at) {
        int length = Math.min(source.length - from, text.length - at);
        int differs = Arrays.mismatch(source, from, from + length, text, at, at + length);
        return differs < 0 ? length : differs;
    }

    private boolean sameBefore(int at, int distance) {
        int before = at - distance - 1;
        if (before >= 0) {
            return text[before] == text[at - 1];
        }
        int inDictionary = DICTIONARY.length + before;
        return inDictionary >= 0 && distance > at && DICTIONARY[inDictionary] == text[at - 1];
    }

    private void sequence(int from, int literals, int match, int distance) {
        int need = end + 1 + literals + 3 * VARINT;
        if (need > out.length) {
            out = Arrays.copyOf(out, need + need / 2);
        }
        int first = Math.min(literals, NIBBLE);
        int second = match == 0 ? 0 : Math.min(match - MATCH_BASE, NIBBLE);
        out[end++] = (byte) (first << 4 | second);
        if (first == NIBBLE) {
            end = putVarint(out, end, literals - NIBBLE);
        }
        System.arraycopy(text, from, out, end, literals);
        end += literals;
        if (match > 0) {
            if (second == NIBBLE) {
                end = putVarint(out, end, match - MATCH_BASE - NIBBLE);
            }
            end = putVarint(out, end, distance);
        }
    }

    /** Writes a number of 0 or more; answers where the next byte goes. */
    static int putVarint(byte[] out, int at, int value) {
        int rest = value;
        int next = at;
        while (rest > 0x7f) {
            out[next++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        out[next++] = (byte) rest;
        return next;
    }

    /**
     * The text whose length and sequences begin at {@code from}.
     *
     * @param limit the most bytes that the text may have
     * @throws UnreadableBodyException when the bytes are no such text: whatever they are, the time that this takes is
     *     bounded by their number and by the limit, and so is the memory
     */
    static byte[] decompress(byte[] body, int from, int limit) {
        return new LzReader(body, from).read(DICTIONARY, limit);
    }

    /** What a match is longer by than its four bits say. */
    static int matchBase() {
        return MATCH_BASE;
    }

    private static int four(byte[] bytes, int at) {
        return (int) FOUR_BYTES.get(bytes, at);
    }

    private static int slot(int four, int bits) {
        return (four * 0x9E3779B1) >>> (Integer.SIZE - bits);
    }

    private static short[] dictionaryTable() {
        short[] table = new short[1 << DICTIONARY_BITS];
        for (int i = 0; i + SHORTEST <= DICTIONARY.length; i++) {
            table[slot(four(DICTIONARY, i), DICTIONARY_BITS)] = (short) (i + 1);
        }
        return table;
    }
}
