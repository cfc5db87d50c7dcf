package dev.longshore.docgrapher.format;

/** What a single line of reStructuredText looks like. */
final class RstLines {
    private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    private static final int TAB = 8;
    /** More digits before a full stop are no list item's number. */
    private static final int LONGEST_NUMBER = 9;

    private RstLines() {}

    /** Whether a line is one punctuation character repeated, as under a title. */
    static boolean isRow(String line) {
        String row = line.stripTrailing();
        if (row.isEmpty() || PUNCTUATION.indexOf(row.charAt(0)) < 0) {
            return false;
        }
        for (int i = 1; i < row.length(); i++) {
            if (row.charAt(i) != row.charAt(0)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a line's text begins with punctuation, as every line of a quoted literal block does. */
    static boolean isQuoted(String line) {
        String text = line.stripLeading();
        return !text.isEmpty() && PUNCTUATION.indexOf(text.charAt(0)) >= 0;
    }

    /** A short row under a longer text is text, one of four or more is a title's line that its author misjudged. */
    static boolean isLongEnough(String row, String title) {
        return row.length() >= 4 || row.length() >= width(title.strip());
    }

    /** How many columns a text takes: East Asian wide characters take two, combining marks none. */
    static int width(String text) {
        int width = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            int type = Character.getType(c);
            if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
                continue;
            }
            boolean wide = (c >= 0x1100 && c <= 0x115F)
                    || (c >= 0x2E80 && c <= 0xA4CF)
                    || (c >= 0xAC00 && c <= 0xD7A3)
                    || (c >= 0xF900 && c <= 0xFAFF)
                    || (c >= 0xFE30 && c <= 0xFE6F)
                    || (c >= 0xFF00 && c <= 0xFF60)
                    || (c >= 0x1F300 && c <= 0x1FAFF)
                    || (c >= 0x20000 && c <= 0x3FFFD);
            width += wide ? 2 : 1;
        }
        return width;
    }

    /** Columns of white space before the text. */
    static int indent(String line) {
        return column(line, skipSpace(line, 0));
    }

    /** The column of the character at an index: a tab goes on to the next multiple of eight. */
    static int column(String line, int index) {
        int column = 0;
        for (int i = 0; i < index; i++) {
            column += line.charAt(i) == '\t' ? TAB - column % TAB : 1;
        }
        return column;
    }

    /** Index where a line's text starts, after the marks of the list items that it begins. */
    static int textStart(String line) {
        int at = skipSpace(line, 0);
        for (int end = itemMarkEnd(line, at); end > at; end = itemMarkEnd(line, at)) {
            at = skipSpace(line, end);
        }
        return at;
    }

    /** Index after the bullet or the number of a list item that begins at {@code at}; {@code at} if none does. */
    private static int itemMarkEnd(String line, int at) {
        if (isBullet(line, at)) {
            return at + 1;
        }
        int start = line.startsWith("(", at) ? at + 1 : at;
        int end = start;
        while (end < line.length() && end - start < LONGEST_NUMBER && isDigit(line.charAt(end))) {
            end++;
        }
        if (end == start && end < line.length() && (isLetter(line.charAt(end)) || line.charAt(end) == '#')) {
            end++;
        }
        boolean closed = end > start
                && end + 1 < line.length()
                && (line.charAt(end) == ')' || (line.charAt(end) == '.' && start == at))
                && Character.isWhitespace(line.charAt(end + 1));
        return closed && skipSpace(line, end + 1) < line.length() ? end + 1 : at;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isBullet(String line, int at) {
        return at + 2 < line.length()
                && "-*+\u2022".indexOf(line.charAt(at)) >= 0
                && Character.isWhitespace(line.charAt(at + 1))
                && !line.substring(at + 1).isBlank();
    }

    private static int skipSpace(String line, int from) {
        int at = from;
        while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
            at++;
        }
        return at;
    }

    /** Whether a line begins something that can have no underline: a list item, a field, a line block, explicit markup. */
    static boolean isMarked(String line) {
        return isBullet(line, 0)
                || line.startsWith(".. ")
                || line.startsWith("__ ")
                || line.startsWith("| ")
                || line.startsWith(">>> ")
                || isField(line);
    }

    private static boolean isField(String line) {
        int end = line.indexOf(": ", 1);
        return line.startsWith(":")
                && end > 1
                && !Character.isWhitespace(line.charAt(1))
                && line.charAt(end - 1) != '`'
                && line.indexOf('`') < 0;
    }

    static boolean isDirectiveName(int c) {
        return Character.isLetterOrDigit(c) || "-_.+:".indexOf(c) >= 0;
    }
}
