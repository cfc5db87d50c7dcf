package dev.longshore.docgrapher.docstring;

/** The text of a Javadoc or JSDoc comment. */
final class CommentText {
    private CommentText() {}

    /** The text without the comment's marks, the asterisks that begin its lines, and the blank lines around it. */
    static String of(String comment) {
        int end = comment.endsWith("*/") ? comment.length() - 2 : comment.length();
        // Asterisks before the end belong to the mark: **/
        while (end > 0 && comment.charAt(end - 1) == '*') {
            end--;
        }
        String[] lines = comment.substring(Math.min(3, end), end)
                .replace("\r\n", "\n")
                .replace('\r', '\n')
                .split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            lines[i] = i == 0 ? lines[i].strip() : withoutAsterisk(lines[i]);
        }
        return PythonString.clean("\n" + String.join("\n", lines));
    }

    private static String withoutAsterisk(String line) {
        String stripped = line.stripTrailing();
        int at = 0;
        while (at < stripped.length() && Character.isWhitespace(stripped.charAt(at))) {
            at++;
        }
        int text = at;
        while (text < stripped.length() && stripped.charAt(text) == '*') {
            text++;
        }
        if (text == at) {
            return stripped;
        }
        return text < stripped.length() && stripped.charAt(text) == ' '
                ? stripped.substring(text + 1)
                : stripped.substring(text);
    }
}
