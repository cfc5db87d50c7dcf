package dev.longshore.worker.cli;

import dev.longshore.text.ForeignText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Text in columns, each as wide as its widest cell; columns that are empty in every row are left out. A cell is a line, and
 * holds nothing that a terminal would obey.
 */
final class TextTable {
    private static final String GAP = "  ";

    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    TextTable(String... header) {
        this.header = List.of(header);
    }

    void row(String... cells) {
        if (cells.length != header.size()) {
            throw new IllegalArgumentException(cells.length + " cells under " + header.size() + " headings");
        }
        rows.add(Arrays.stream(cells).map(ForeignText::uncut).toList());
    }

    /** The table, each line ended. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        append(text, header);
        rows.forEach(row -> append(text, row));
        return text.toString();
    }

    private void append(StringBuilder text, List<String> row) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < row.size(); column++) {
            int at = column;
            int width = rows.stream()
                    .mapToInt(cells -> cells.get(at).length())
                    .max()
                    .orElse(0);
            if (width > 0) {
                String cell = row.get(column);
                line.append(GAP)
                        .append(cell)
                        .append(" ".repeat(Math.max(width, header.get(column).length()) - cell.length()));
            }
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }
}
