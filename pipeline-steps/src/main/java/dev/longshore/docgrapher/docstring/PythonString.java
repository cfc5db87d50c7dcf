package dev.longshore.docgrapher.docstring;

import java.util.Locale;
import java.util.Optional;

/** The value of a Python string literal, and a docstring as Python shows it. */
final class PythonString {
    private PythonString() {}

    /** The value of a literal with its quotes; empty if it is a bytes or formatted literal, which is no docstring. */
    static Optional<String> value(String literal) {
        int quote = 0;
        while (quote < literal.length() && literal.charAt(quote) != '"' && literal.charAt(quote) != '\'') {
            quote++;
        }
        String prefix = literal.substring(0, quote).toLowerCase(Locale.ROOT);
        if (prefix.contains("b") || prefix.contains("f") || prefix.contains("t")) {
            return Optional.empty();
        }
        String rest = literal.substring(quote);
        int quotes = rest.startsWith("\"\"\"") || rest.startsWith("'''") ? 3 : 1;
        if (rest.length() < 2 * quotes) {
            return Optional.empty();
        }
        String body = rest.substring(quotes, rest.length() - quotes)
                .replace("\r\n", "\n")
                .replace('\r', '\n');
        return Optional.of(prefix.contains("r") || body.indexOf('\\') < 0 ? body : unescaped(body));
    }

    private static String unescaped(String body) {
        StringBuilder value = new StringBuilder(body.length());
        int at = 0;
        while (at < body.length()) {
            char c = body.charAt(at);
            if (c != '\\' || at + 1 == body.length()) {
                value.append(c);
                at++;
                continue;
            }
            at = escape(body, at, value);
        }
        return value.toString();
    }

    /** Appends what the escape at {@code at} stands for, and gives the index after it. An unknown one stands for itself. */
    @SuppressWarnings("StatementSwitchToExpressionSwitch") // the default case has two outcomes
    private static int escape(String body, int at, StringBuilder value) {
        char kind = body.charAt(at + 1);
        int simple = "abfnrtv\\'\"".indexOf(kind);
        if (simple >= 0) {
            value.append("\u0007\b\f\n\r\t\u000b\\'\"".charAt(simple));
            return at + 2;
        }
        switch (kind) {
            case '\n':
                return at + 2;
            case 'x':
                return number(body, at, at + 2, 2, 16, value);
            case 'u':
                return number(body, at, at + 2, 4, 16, value);
            case 'U':
                return number(body, at, at + 2, 8, 16, value);
            case 'N':
                return named(body, at, value);
            default:
                if (kind >= '0' && kind <= '7') {
                    int end = at + 1;
                    while (end < body.length() && end < at + 4 && body.charAt(end) >= '0' && body.charAt(end) <= '7') {
                        end++;
                    }
                    return number(body, at, at + 1, end - at - 1, 8, value);
                }
                value.append('\\').append(kind);
                return at + 2;
        }
    }

    private static int number(String body, int at, int from, int digits, int radix, StringBuilder value) {
        int end = from + digits;
        boolean complete = end <= body.length();
        for (int i = from; complete && i < end; i++) {
            complete = Character.digit(body.charAt(i), radix) >= 0;
        }
        if (complete) {
            long point = Long.parseLong(body.substring(from, end), radix);
            if (point <= Character.MAX_CODE_POINT) {
                value.appendCodePoint((int) point);
                return end;
            }
        }
        value.append(body, at, at + 2);
        return at + 2;
    }

    private static int named(String body, int at, StringBuilder value) {
        int close = body.indexOf('}', at);
        if (close > at + 3 && close < at + 100 && body.charAt(at + 2) == '{') {
            try {
                value.appendCodePoint(Character.codePointOf(body.substring(at + 3, close)));
                return close + 1;
            } catch (IllegalArgumentException e) {
                // A name that this Java does not know stays as it is written.
                value.append(body, at, close + 1);
                return close + 1;
            }
        }
        value.append(body, at, at + 2);
        return at + 2;
    }

    /** As {@code inspect.cleandoc}: tabs expanded, shared indentation and blank lines around it removed. */
    static String clean(String text) {
        String[] lines = text.split("\n", -1);
        int margin = Integer.MAX_VALUE;
        for (int i = 0; i < lines.length; i++) {
            lines[i] = tabsExpanded(lines[i]);
            int indent = indent(lines[i]);
            if (i > 0 && indent < lines[i].length()) {
                margin = Math.min(margin, indent);
            }
        }
        lines[0] = lines[0].substring(indent(lines[0]));
        for (int i = 1; i < lines.length && margin < Integer.MAX_VALUE; i++) {
            lines[i] = lines[i].length() <= margin ? "" : lines[i].substring(margin);
        }
        int from = 0;
        while (from < lines.length && lines[from].isBlank()) {
            from++;
        }
        int to = lines.length;
        while (to > from && lines[to - 1].isBlank()) {
            to--;
        }
        return String.join("\n", java.util.Arrays.asList(lines).subList(from, to));
    }

    private static int indent(String line) {
        int indent = 0;
        while (indent < line.length() && Character.isWhitespace(line.charAt(indent))) {
            indent++;
        }
        return indent;
    }

    private static String tabsExpanded(String line) {
        if (line.indexOf('\t') < 0) {
            return line;
        }
        StringBuilder expanded = new StringBuilder(line.length() + 16);
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) == '\t') {
                expanded.append(" ".repeat(8 - expanded.length() % 8));
            } else {
                expanded.append(line.charAt(i));
            }
        }
        return expanded.toString();
    }
}
