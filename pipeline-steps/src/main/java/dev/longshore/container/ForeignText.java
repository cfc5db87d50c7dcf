package dev.longshore.container;

/** Text that an image wrote, on its way into a message or a log. */
final class ForeignText {
    private static final int LONGEST = 300;

    private ForeignText() {}

    /** On one line, without control characters, cut at 300 characters: it can forge no log line and move no cursor. */
    static String oneLine(String text) {
        return oneLine(text, LONGEST);
    }

    static String oneLine(String text, int longest) {
        String stripped = text.strip();
        StringBuilder line = new StringBuilder(Math.min(stripped.length(), longest) + 1);
        int at = 0;
        while (at < stripped.length() && line.length() < longest) {
            int c = stripped.codePointAt(at);
            line.appendCodePoint(isSafe(c) ? c : ' ');
            at += Character.charCount(c);
        }
        return at < stripped.length()
                ? line.append('…').toString()
                : line.toString().strip();
    }

    static String quoted(String text) {
        return '"' + oneLine(text, 100) + '"';
    }

    private static boolean isSafe(int c) {
        return switch (Character.getType(c)) {
            // FORMAT holds the marks that turn the direction of writing around.
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
