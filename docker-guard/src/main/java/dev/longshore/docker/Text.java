package dev.longshore.docker;

import java.math.BigDecimal;
import java.time.Duration;

/** Foreign text on its way into a one-line message. */
final class Text {
    private static final int MESSAGE_LIMIT = 500;

    private Text() {}

    /** In double quotes, on one line, of bounded length. */
    static String quote(String text) {
        return '"' + oneLine(text) + '"';
    }

    /** Control characters become spaces, so that nothing can forge a second log line; cut at 500 characters. */
    static String oneLine(String text) {
        String line = text.strip();
        boolean cut = line.length() > MESSAGE_LIMIT;
        StringBuilder out = new StringBuilder();
        line.chars()
                .limit(MESSAGE_LIMIT)
                .forEach(c -> out.append(Character.isISOControl(c) || c == 0x2028 || c == 0x2029 ? ' ' : (char) c));
        return cut ? out.append('…').toString() : out.toString();
    }

    /** Milliseconds below a second, seconds otherwise. */
    static String duration(Duration duration) {
        long millis = duration.toMillis();
        return millis < 1000
                ? millis + " ms"
                : BigDecimal.valueOf(millis, 3).stripTrailingZeros().toPlainString() + " s";
    }
}
