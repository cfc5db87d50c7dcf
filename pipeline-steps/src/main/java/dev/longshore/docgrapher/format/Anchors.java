package dev.longshore.docgrapher.format;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Names the headings of one document as GitHub does: lower case, no punctuation but {@code -} and {@code _}, a hyphen
 * for each space, and {@code -1}, {@code -2}, … for a name that is taken.
 */
final class Anchors {
    private final Set<String> taken = new HashSet<>();
    private final Map<String, Integer> repeats = new HashMap<>();

    /** The next heading's anchor; never the same twice. */
    String next(String headingText) {
        String base = slug(headingText);
        String anchor = base;
        int repeat = repeats.getOrDefault(base, 0);
        while (!taken.add(anchor)) {
            repeat++;
            anchor = base + "-" + repeat;
        }
        repeats.put(base, repeat);
        return anchor;
    }

    static String slug(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        StringBuilder slug = new StringBuilder(lower.length());
        for (int i = 0; i < lower.length(); ) {
            int c = lower.codePointAt(i);
            i += Character.charCount(c);
            if (c == ' ') {
                slug.append('-');
            } else if (c == '-' || isWord(c)) {
                slug.appendCodePoint(c);
            }
        }
        return slug.toString();
    }

    /** Ruby's {@code \p{Word}}: letters, marks, decimal digits and connecting punctuation. */
    private static boolean isWord(int c) {
        if (c < 0x80) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || (c >= 'A' && c <= 'Z');
        }
        if (Character.isLetter(c)) {
            return true;
        }
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK,
                    Character.COMBINING_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.DECIMAL_DIGIT_NUMBER,
                    Character.LETTER_NUMBER,
                    Character.CONNECTOR_PUNCTUATION -> true;
            default -> false;
        };
    }
}
