package dev.longshore.docgrapher.format;

import java.util.Arrays;

/** A text by lines, without their ends; LF, CR LF and a lone CR each end one. A line's text is made when it is asked for. */
final class Lines {
    private final String text;
    /** Where each line starts; one more at the end. */
    private int[] starts = new int[64];

    private int size;

    private Lines(String text) {
        this.text = text;
    }

    static Lines of(String text) {
        Lines lines = new Lines(text);
        lines.add(0);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' || (c == '\r' && (i + 1 == text.length() || text.charAt(i + 1) != '\n'))) {
                lines.add(i + 1);
            }
        }
        // A text that ends with a line's end has no empty line after it.
        if (lines.starts[lines.size - 1] == text.length()) {
            lines.size--;
        } else {
            lines.add(text.length());
            lines.size--;
        }
        return lines;
    }

    private void add(int start) {
        if (size == starts.length) {
            starts = Arrays.copyOf(starts, size * 2);
        }
        starts[size++] = start;
    }

    int size() {
        return size;
    }

    /** The line at a 0-based index. */
    String get(int index) {
        int end = starts[index + 1];
        while (end > starts[index] && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
            end--;
        }
        return text.substring(starts[index], end);
    }
}
