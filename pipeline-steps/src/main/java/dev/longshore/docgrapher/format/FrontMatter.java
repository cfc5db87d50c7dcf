package dev.longshore.docgrapher.format;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The block of metadata that site generators put before a document: YAML between {@code ---} lines, or TOML between
 * {@code +++} lines.
 *
 * @param length how many characters of the text it takes; 0 where there is none
 * @param lines how many lines it takes
 * @param title the value of its {@code title}; empty where there is none
 */
record FrontMatter(int length, int lines, String title) {
    private static final FrontMatter NONE = new FrontMatter(0, 0, "");
    /** A rule that opens a document is not the start of a megabyte of metadata. */
    private static final int LONGEST = 64 * 1024;

    private static final Pattern KEY = Pattern.compile("[\\w.-]+\\s*[:=].*|\\[.*");
    private static final Pattern TITLE = Pattern.compile("title\\s*[:=]\\s*(.*?)\\s*");

    static FrontMatter of(String text) {
        if (!text.startsWith("---") && !text.startsWith("+++")) {
            return NONE;
        }
        int at = nextLine(text, 0);
        String fence = text.substring(0, at).strip();
        if (fence.length() != 3) {
            return NONE;
        }
        String title = "";
        boolean first = true;
        for (int lines = 2; at < text.length() && at < LONGEST; lines++) {
            int end = nextLine(text, at);
            String line = text.substring(at, end).stripTrailing();
            if (line.equals(fence) || line.equals("...")) {
                return first ? NONE : new FrontMatter(end, lines, title);
            }
            // A thematic break that opens a document is followed by a blank line or by prose, metadata by a key.
            boolean comment = line.startsWith("#") || line.isEmpty();
            if (first && !comment && !KEY.matcher(line).matches()) {
                return NONE;
            }
            first = first && comment;
            Matcher matcher = TITLE.matcher(line);
            if (matcher.matches()) {
                title = unquoted(matcher.group(1));
            }
            at = end;
        }
        return NONE;
    }

    private static int nextLine(String text, int from) {
        int newline = text.indexOf('\n', from);
        return newline < 0 ? text.length() : newline + 1;
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2
                && (value.charAt(0) == '"' || value.charAt(0) == '\'')
                && value.charAt(value.length() - 1) == value.charAt(0);
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
