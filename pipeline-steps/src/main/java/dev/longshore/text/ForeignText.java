package dev.longshore.text;

/**
 * Text that somebody else wrote (an image, a git server, a file's name, whoever may write to Redis) on its way into a
 * message, a log or a terminal: it can forge no line and move no cursor.
 */
public final class ForeignText {
    private static final int LONGEST = 300;
    private static final int LONGEST_QUOTED = 100;

    private ForeignText() {}

    /** On one line, a space for each control character, cut at 300 characters. */
    public static String oneLine(String text) {
        return oneLine(text, LONGEST);
    }

    /** As {@link #oneLine(String)}, cut at another length. */
    public static String oneLine(String text, int longest) {
        String stripped = text.strip();
        if (stripped.length() <= longest) {
            return uncut(stripped).strip();
        }
        boolean splitsPair = longest > 0 && Character.isHighSurrogate(stripped.charAt(longest - 1));
        return uncut(stripped.substring(0, splitsPair ? longest - 1 : longest)) + '…';
    }

    /** On one line as well, and otherwise as long as it is: for text of ours that quotes a stranger's. */
    public static String uncut(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().map(c -> isSafe(c) ? c : ' ').forEach(line::appendCodePoint);
        return line.toString();
    }

    /** Cut at 100 characters, between quotation marks. */
    public static String quoted(String text) {
        return '"' + oneLine(text, LONGEST_QUOTED) + '"';
    }

    /** Whether a terminal shows it as it is, all of it. */
    public static boolean isSafe(String text) {
        return text.codePoints().allMatch(ForeignText::isSafe);
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
