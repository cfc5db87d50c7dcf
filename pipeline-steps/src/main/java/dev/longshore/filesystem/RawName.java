package dev.longshore.filesystem;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * File names as the bytes that the kernel holds, and as the text that the graph shows.
 *
 * <p>A Java path turns its bytes into text by the locale, and what the locale cannot say is lost: under {@code LANG=C} all
 * but ASCII. The bytes are still there, in the path's URI.
 */
final class RawName {
    private static final char REPLACEMENT = '\uFFFD';
    private static final boolean NAMES_ARE_UTF_8 = "UTF-8".equals(System.getProperty("sun.jnu.encoding"));
    private static final String HEX = "0123456789ABCDEF";

    private RawName() {}

    /** The bytes of a path's last name. */
    static byte[] ofLast(Path path) {
        Path last = path.getFileName();
        String text = last == null ? "" : last.toString();
        if (isAscii(text)) {
            return text.getBytes(ISO_8859_1);
        }
        return NAMES_ARE_UTF_8 && text.indexOf(REPLACEMENT) < 0 ? text.getBytes(UTF_8) : lastOf(whole(path));
    }

    /** The bytes of a whole path, as it stands: the target of a symbolic link, for example. */
    static byte[] of(Path path) {
        String text = path.toString();
        if (isAscii(text)) {
            return text.getBytes(ISO_8859_1);
        }
        if (NAMES_ARE_UTF_8 && text.indexOf(REPLACEMENT) < 0) {
            return text.getBytes(UTF_8);
        }
        if (path.isAbsolute()) {
            return whole(path);
        }
        // A URI is always absolute: what is in front of the relative path is the working directory.
        byte[] absolute = whole(path);
        int names = path.getNameCount();
        int start = absolute.length;
        for (int i = 0; i < names; i++) {
            start = lastSlash(absolute, start);
        }
        return Arrays.copyOfRange(absolute, start + 1, absolute.length);
    }

    /** The text for these bytes: UTF-8, with every byte that is none written {@code %XX}. */
    static String display(byte[] bytes, int from, int to) {
        String text = new String(bytes, from, to - from, UTF_8);
        return text.indexOf(REPLACEMENT) < 0 || isUtf8(bytes, from, to) ? text : escaped(bytes, from, to);
    }

    static String display(byte[] bytes) {
        return display(bytes, 0, bytes.length);
    }

    static boolean isUtf8(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] < 0) {
                return decode(ByteBuffer.wrap(bytes, i, to - i), CharBuffer.allocate(to - i))
                        .isUnderflow();
            }
        }
        return true;
    }

    private static String escaped(byte[] bytes, int from, int to) {
        ByteBuffer in = ByteBuffer.wrap(bytes, from, to - from);
        CharBuffer chars = CharBuffer.allocate(to - from);
        StringBuilder text = new StringBuilder(to - from + 16);
        while (true) {
            CoderResult result = decode(in, chars);
            text.append(chars.flip());
            chars.clear();
            if (result.isUnderflow()) {
                return text.toString();
            }
            for (int i = 0; i < result.length(); i++) {
                int wrong = in.get() & 0xff;
                text.append('%').append(HEX.charAt(wrong >> 4)).append(HEX.charAt(wrong & 15));
            }
        }
    }

    private static CoderResult decode(ByteBuffer in, CharBuffer out) {
        CharsetDecoder decoder = UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        return decoder.decode(in, out, true);
    }

    private static byte[] whole(Path path) {
        String raw = path.toUri().getRawPath();
        byte[] bytes = new byte[raw.length()];
        int length = 0;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                bytes[length++] = (byte) Integer.parseInt(raw, i + 1, i + 3, 16);
                i += 2;
            } else {
                bytes[length++] = (byte) c;
            }
        }
        // The URI of what is a directory right now ends with a slash.
        return Arrays.copyOf(bytes, length > 1 && bytes[length - 1] == '/' ? length - 1 : length);
    }

    private static byte[] lastOf(byte[] path) {
        return Arrays.copyOfRange(path, lastSlash(path, path.length) + 1, path.length);
    }

    private static int lastSlash(byte[] path, int before) {
        int slash = before - 1;
        while (slash >= 0 && path[slash] != '/') {
            slash--;
        }
        return slash;
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }
}
