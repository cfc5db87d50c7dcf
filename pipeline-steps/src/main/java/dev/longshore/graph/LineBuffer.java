package dev.longshore.graph;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/**
 * Puts one line of JSON together as UTF-8 bytes, without blanks. Millions of lines are written, each of a few short texts:
 * a general generator costs more than the rest of the way to the file.
 */
final class LineBuffer {
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(US_ASCII);

    private byte[] bytes = new byte[512];
    private int length;

    /** Adds text as it is; it must be ASCII. */
    LineBuffer plain(String ascii) {
        int count = ascii.length();
        reserve(count);
        for (int i = 0; i < count; i++) {
            bytes[length++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    /** Adds text in quotes. Half a surrogate pair has no UTF-8: U+FFFD stands in its place, as in every decoder. */
    LineBuffer text(String text) {
        int count = text.length();
        reserve(count + 2);
        bytes[length++] = '"';
        for (int i = 0; i < count; i++) {
            char c = text.charAt(i);
            if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
                // What is left of the text needs a byte each at least, and a quote.
                if (bytes.length - length < count - i + 1) {
                    reserve(count - i + 1);
                }
                bytes[length++] = (byte) c;
            } else if (Character.isHighSurrogate(c) && i + 1 < count && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                utf8(Character.toCodePoint(c, text.charAt(i)));
            } else if (Character.isSurrogate(c)) {
                utf8(0xFFFD);
            } else if (c >= 0x80) {
                utf8(c);
            } else {
                escape(c);
            }
        }
        reserve(1);
        bytes[length++] = '"';
        return this;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    private void escape(char c) {
        reserve(6);
        bytes[length++] = '\\';
        switch (c) {
            case '"', '\\' -> bytes[length++] = (byte) c;
            case '\b' -> bytes[length++] = 'b';
            case '\t' -> bytes[length++] = 't';
            case '\n' -> bytes[length++] = 'n';
            case '\f' -> bytes[length++] = 'f';
            case '\r' -> bytes[length++] = 'r';
            default -> {
                bytes[length++] = 'u';
                bytes[length++] = '0';
                bytes[length++] = '0';
                bytes[length++] = HEX[c >> 4];
                bytes[length++] = HEX[c & 15];
            }
        }
    }

    private void utf8(int codePoint) {
        reserve(4);
        if (codePoint < 0x800) {
            bytes[length++] = (byte) (0xC0 | (codePoint >> 6));
        } else {
            if (codePoint < 0x10000) {
                bytes[length++] = (byte) (0xE0 | (codePoint >> 12));
            } else {
                bytes[length++] = (byte) (0xF0 | (codePoint >> 18));
                bytes[length++] = (byte) (0x80 | ((codePoint >> 12) & 0x3F));
            }
            bytes[length++] = (byte) (0x80 | ((codePoint >> 6) & 0x3F));
        }
        bytes[length++] = (byte) (0x80 | (codePoint & 0x3F));
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
