package dev.longshore.container;

import dev.longshore.text.ForeignText;

/** What a path of the graph looks like: relative to the repository, {@code /} between its segments, pointing nowhere else. */
final class GraphPath {
    /** Of one path, in bytes; the longest that the kernel takes. */
    private static final int LONGEST = 4096;

    private GraphPath() {}

    static String require(String path) throws InvalidLine {
        if (path.isEmpty()) {
            throw new InvalidLine("an empty path");
        }
        if (path.charAt(0) == '/') {
            throw new InvalidLine(
                    "an absolute path " + ForeignText.quoted(path) + "; paths are relative to the repository");
        }
        requireCharacters("path", path);
        if (length(path) > LONGEST) {
            throw new InvalidLine("a path longer than " + LONGEST + " bytes");
        }
        int from = 0;
        while (from <= path.length()) {
            int slash = path.indexOf('/', from);
            int to = slash < 0 ? path.length() : slash;
            requireSegment(path, path.substring(from, to));
            from = to + 1;
        }
        return path;
    }

    private static void requireSegment(String path, String segment) throws InvalidLine {
        switch (segment) {
            case "" -> throw new InvalidLine("a path with an empty segment " + ForeignText.quoted(path));
            case ".", ".." ->
                throw new InvalidLine("a path with a segment " + segment + " " + ForeignText.quoted(path));
            default -> {}
        }
    }

    /** Refuses what has no place in a part of an id: NUL, which stands between the parts, and what UTF-8 cannot hold. */
    static void requireCharacters(String what, String text) throws InvalidLine {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                throw new InvalidLine("a NUL in " + what + " " + ForeignText.quoted(text));
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new InvalidLine("half a surrogate pair in " + what + " " + ForeignText.quoted(text));
            }
        }
    }

    /** In bytes of the file system, where {@code %XX} stands for one that is not UTF-8. */
    private static int length(String path) {
        int bytes = 0;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%' && i + 2 < path.length() && isHex(path.charAt(i + 1)) && isHex(path.charAt(i + 2))) {
                i += 2;
            }
            // Each half of a surrogate pair stands for two of its four bytes.
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return bytes;
    }

    private static boolean isHex(char c) {
        return Character.digit(c, 16) >= 0 && c < 0x80;
    }
}
