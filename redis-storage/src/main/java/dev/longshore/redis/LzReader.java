package dev.longshore.redis;

/** Reads what {@link Lz} wrote, or whatever else lies in its place. */
final class LzReader {
    private static final int NIBBLE = 15;

    private final byte[] in;
    private int at;

    LzReader(byte[] in, int from) {
        this.in = in;
        this.at = from;
    }

    byte[] read(byte[] dictionary, int limit) {
        int length = varint();
        if (length > limit) {
            throw new UnreadableBodyException(
                    "its text of " + length + " bytes is larger than the " + limit + " allowed");
        }
        byte[] text = new byte[length];
        int end = 0;
        while (at < in.length) {
            int token = in[at++] & 0xff;
            int literals = token >>> 4;
            if (literals == NIBBLE) {
                literals = more(literals);
            }
            // Compared by what is left, since a sum could overflow.
            if (literals > in.length - at || literals > length - end) {
                throw new UnreadableBodyException("it ends before its text does, or its text before it");
            }
            System.arraycopy(in, at, text, end, literals);
            at += literals;
            end += literals;
            int match = token & NIBBLE;
            if (match == 0) {
                if (literals == 0) {
                    throw new UnreadableBodyException("it has a sequence of nothing");
                }
                continue;
            }
            if (match == NIBBLE) {
                match = more(match);
            }
            if (match > length - end - Lz.matchBase()) {
                throw new UnreadableBodyException("its text is longer than it says");
            }
            end = copy(dictionary, text, end, match + Lz.matchBase(), varint());
        }
        if (end != length) {
            throw new UnreadableBodyException("its text is shorter than it says");
        }
        return text;
    }

    private static int copy(byte[] dictionary, byte[] text, int end, int match, int distance) {
        if (distance == 0 || distance > end + dictionary.length) {
            throw new UnreadableBodyException("it refers to before its beginning");
        }
        int to = end;
        int rest = match;
        if (distance > end) {
            int from = dictionary.length - (distance - end);
            int part = Math.min(rest, dictionary.length - from);
            System.arraycopy(dictionary, from, text, to, part);
            to += part;
            rest -= part;
            if (rest == 0) {
                return to;
            }
        }
        if (rest <= distance) {
            System.arraycopy(text, to - distance, text, to, rest);
            return to + rest;
        }
        // The match runs into itself: a repetition.
        for (int i = 0; i < rest; i++, to++) {
            text[to] = text[to - distance];
        }
        return to;
    }

    private int more(int nibble) {
        int more = varint();
        if (more > Integer.MAX_VALUE - nibble) {
            throw new UnreadableBodyException("it has a length out of range");
        }
        return nibble + more;
    }

    private int varint() {
        int value = 0;
        for (int shift = 0; shift < 7 * Lz.VARINT; shift += 7) {
            if (at == in.length) {
                throw new UnreadableBodyException("it ends in the middle of a number");
            }
            int seven = in[at++];
            if (shift == 28 && (seven & 0xf8) != 0) {
                break;
            }
            value |= (seven & 0x7f) << shift;
            if (seven >= 0) {
                return value;
            }
        }
        throw new UnreadableBodyException("it has a number out of range");
    }
}
