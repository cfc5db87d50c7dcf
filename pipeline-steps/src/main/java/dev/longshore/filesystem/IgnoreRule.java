package dev.longshore.filesystem;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One line of an ignore file, by git's rules (gitignore(5)). Immutable.
 *
 * <p>A pattern without a slash, but for a last one, is held against the last name of a path; any other against the path
 * from the ignore file's directory on.
 */
final class IgnoreRule {
    private enum Way {
        LITERAL,
        /** A star and then no other special byte. */
        ENDING,
        GLOB
    }

    private final boolean negated;
    private final boolean directoryOnly;
    private final boolean lastNameOnly;
    private final boolean ignoreCase;
    private final Way way;
    /** The whole pattern if it is literal, what follows the star of an ending, else what stands before the glob. */
    private final byte[] literal;

    private final @Nullable Glob glob;

    private IgnoreRule(byte[] line, boolean negated, boolean directoryOnly, boolean ignoreCase) {
        this.negated = negated;
        this.directoryOnly = directoryOnly;
        this.ignoreCase = ignoreCase;
        this.lastNameOnly = indexOf(line, '/') < 0;
        byte[] pattern = line.length > 0 && line[0] == '/' ? Arrays.copyOfRange(line, 1, line.length) : line;
        int plain = plainLength(pattern, 0);
        if (plain == pattern.length) {
            this.way = Way.LITERAL;
            this.literal = pattern;
            this.glob = null;
        } else if (lastNameOnly && pattern[0] == '*' && plainLength(pattern, 1) == pattern.length) {
            this.way = Way.ENDING;
            this.literal = Arrays.copyOfRange(pattern, 1, pattern.length);
            this.glob = null;
        } else {
            // git compares what stands before the first special byte by itself, so that ** right after it counts as
            // the start of a name: foo**/bar matches foobar.
            int from = lastNameOnly ? 0 : plain;
            this.way = Way.GLOB;
            this.literal = Arrays.copyOf(pattern, from);
            this.glob = Glob.compile(pattern, from, !lastNameOnly, ignoreCase);
        }
    }

    /** The rule that a line holds, without its end; null if it holds none. */
    static @Nullable IgnoreRule parse(byte[] line, boolean ignoreCase) {
        int end = indexOf(line, 0);
        end = end < 0 ? line.length : end;
        if (end == 0 || line[0] == '#') {
            return null;
        }
        end = withoutTrailingSpaces(line, end);
        int start = 0;
        boolean negated = start < end && line[start] == '!';
        start += negated ? 1 : 0;
        boolean directoryOnly = start < end && line[end - 1] == '/';
        end -= directoryOnly ? 1 : 0;
        if (start == end) {
            return null;
        }
        return new IgnoreRule(Arrays.copyOfRange(line, start, end), negated, directoryOnly, ignoreCase);
    }

    /** Whether a match takes back what an earlier rule ignored. */
    boolean negated() {
        return negated;
    }

    /**
     * Whether the rule matches a path.
     *
     * @param baseEnd where, in the path, what is below the ignore file's directory starts
     * @param nameStart where the last name starts
     * @param end where the path ends
     */
    boolean matches(byte[] path, int baseEnd, int nameStart, int end, boolean directory) {
        if (directoryOnly && !directory) {
            return false;
        }
        int from = lastNameOnly ? nameStart : baseEnd;
        return switch (way) {
            case LITERAL -> end - from == literal.length && same(path, from);
            case ENDING -> end - from >= literal.length && same(path, end - literal.length);
            case GLOB ->
                glob != null
                        && end - from >= literal.length
                        && same(path, from)
                        && glob.matches(path, from + literal.length, end);
        };
    }

    private boolean same(byte[] path, int from) {
        for (int i = 0; i < literal.length; i++) {
            byte a = literal[i];
            byte b = path[from + i];
            if (a != b && !(ignoreCase && lower(a) == lower(b))) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte c) {
        return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    }

    private static int indexOf(byte[] bytes, int wanted) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    /** How many bytes from {@code from} on, counted from the start, have no special meaning. */
    private static int plainLength(byte[] pattern, int from) {
        int i = from;
        while (i < pattern.length && "*?[\\".indexOf(pattern[i]) < 0) {
            i++;
        }
        return i;
    }

    /** Spaces at the end do not count, unless a backslash stands before them. */
    private static int withoutTrailingSpaces(byte[] line, int end) {
        int firstSpace = -1;
        for (int i = 0; i < end; i++) {
            if (line[i] == ' ') {
                firstSpace = firstSpace < 0 ? i : firstSpace;
                continue;
            }
            firstSpace = -1;
            if (line[i] == '\\' && ++i == end) {
                return end;
            }
        }
        return firstSpace < 0 ? end : firstSpace;
    }
}
