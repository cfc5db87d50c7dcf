package dev.longshore.docgrapher;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/**
 * A file's text: UTF-8, without a byte order mark and without NULs.
 *
 * @param mended whether bytes that are no UTF-8, or NULs, were replaced by U+FFFD
 */
record SourceText(String text, boolean mended) {
    static SourceText of(byte[] bytes) {
        boolean marked =
                bytes.length >= 3 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB && bytes[2] == (byte) 0xBF;
        int from = marked ? 3 : 0;
        String text;
        boolean mended = false;
        try {
            text = UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, bytes.length - from))
                    .toString();
        } catch (CharacterCodingException e) {
            text = new String(bytes, from, bytes.length - from, UTF_8);
            mended = true;
        }
        if (text.indexOf('\0') >= 0) {
            return new SourceText(text.replace('\0', '\uFFFD'), true);
        }
        return new SourceText(text, mended);
    }
}
