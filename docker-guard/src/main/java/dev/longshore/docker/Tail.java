package dev.longshore.docker;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last lines of a log, within a bound of lines and characters. Safe for use by several threads. */
final class Tail {
    private static final int CHARACTERS = 32 << 10;

    private final int lines;
    private final Deque<String> kept = new ArrayDeque<>();
    private int characters;

    Tail(int lines) {
        this.lines = lines;
    }

    synchronized void add(String line) {
        // Of a line longer than all that is kept, the end is: that is where reasons stand.
        String end = line.length() > CHARACTERS ? line.substring(line.length() - CHARACTERS) : line;
        kept.addLast(end);
        characters += end.length();
        while (kept.size() > lines || characters > CHARACTERS) {
            characters -= kept.removeFirst().length();
        }
    }

    synchronized List<String> lines() {
        return List.copyOf(kept);
    }
}
