package dev.longshore.docgrapher.format;

import dev.longshore.docgrapher.format.ParsedDocument.Link.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * reStructuredText by lines: titles, literal and code blocks, the directives that hold code or links, and everything else
 * as running text. Directives of Sphinx count as known; the content of one that is unknown is text.
 */
final class RestructuredTextReader implements DocumentReader {
    @Override
    public ParsedDocument read(String text) {
        return new Reading(Lines.of(text)).read();
    }

    /** One document being read, from the first line to the last. */
    private static final class Reading {
        private static final Set<String> CODE = Set.of("code-block", "code", "sourcecode", "prompt", "parsed-literal");
        /** Directives whose content is no reStructuredText. */
        private static final Set<String> OPAQUE =
                Set.of("raw", "math", "graphviz", "digraph", "graph", "mermaid", "uml", "kernel-render", "testsetup");

        private static final Set<String> DOCTESTS = Set.of("doctest", "testcode", "ipython");

        private final Lines lines;
        private final DocumentBuilder document = new DocumentBuilder(new Anchors());
        private final RstInline inline;
        /** The underlines met so far: a style's place is its level. */
        private final List<String> styles = new ArrayList<>();
        /** Labels that name what comes next. */
        private final List<String> pendingLabels = new ArrayList<>();

        private String highlight = "";
        private int at;

        Reading(Lines lines) {
            this.lines = lines;
            this.inline = new RstInline(document, RstTargets.of(lines));
        }

        ParsedDocument read() {
            while (at < lines.size()) {
                String line = lines.get(at);
                if (line.isBlank()) {
                    at++;
                } else if (!isTitle(line)) {
                    block(line);
                }
            }
            nameWhatComes();
            return document.build();
        }

        /** Reads a title, with or without overline, or a transition; gives false if it is none. */
        private boolean isTitle(String line) {
            if (Character.isWhitespace(line.charAt(0))) {
                return false;
            }
            boolean row = RstLines.isRow(line);
            if (row && at + 2 < lines.size()) {
                String title = lines.get(at + 1);
                String under = lines.get(at + 2).stripTrailing();
                if (!title.isBlank() && under.equals(line.stripTrailing()) && RstLines.isLongEnough(under, title)) {
                    title(title, under.charAt(0) + "^", at + 2);
                    at += 3;
                    return true;
                }
            }
            if (at + 1 < lines.size() && !RstLines.isMarked(line)) {
                String under = lines.get(at + 1).stripTrailing();
                if (RstLines.isRow(under) && RstLines.isLongEnough(under, line) && !(row && line.length() > 3)) {
                    title(line, under.substring(0, 1), at + 1);
                    at += 2;
                    return true;
                }
            }
            if (row
                    && line.stripTrailing().length() >= 4
                    && (at + 1 == lines.size() || lines.get(at + 1).isBlank())) {
                at++;
                return true;
            }
            return false;
        }

        private void title(String text, String style, int line) {
            int level = styles.indexOf(style);
            if (level < 0) {
                level = styles.size();
                styles.add(style);
            }
            String plain = RstInline.plain(text.strip());
            document.heading(level + 1, line, plain, plain);
            document.anchor(RstTargets.normalised(plain));
            nameWhatComes();
            inline.scan(text, line);
        }

        private void nameWhatComes() {
            for (String label : pendingLabels) {
                document.anchor(label);
                document.label(label);
            }
            pendingLabels.clear();
        }

        /** Reads what begins at this line and is no title: explicit markup, or a paragraph. */
        private void block(String line) {
            int start = RstLines.textStart(line);
            String text = line.substring(start);
            if (text.startsWith(".. ") || text.strip().equals("..")) {
                explicit(RstLines.column(line, start), text.length() > 2 ? text.substring(3) : "");
            } else if (text.startsWith("__ ")) {
                // An anonymous target, which the targets know.
                at++;
            } else {
                nameWhatComes();
                if (text.startsWith(">>> ")) {
                    document.codeBlock(at + 1, "pycon");
                    skipToBlank();
                } else {
                    paragraph();
                }
            }
        }

        private void explicit(int indent, String markup) {
            int line = at + 1;
            at++;
            if (markup.startsWith("_")) {
                target(markup, indent);
                return;
            }
            String rest = markup.strip();
            if (rest.startsWith("|") && rest.indexOf('|', 1) > 0) {
                rest = rest.substring(rest.indexOf('|', 1) + 1).strip();
            }
            int end = rest.indexOf("::");
            String name = directiveName(rest, end);
            if (!name.isEmpty()) {
                nameWhatComes();
                directive(name, rest.substring(end + 2), indent, line);
            } else if (rest.startsWith("[")) {
                // A footnote or citation holds text.
                inline.scan(rest.substring(rest.indexOf(']') + 1), line);
            } else {
                skipIndented(indent);
            }
        }

        /**
         * The name before the colons, or the empty string if this is no directive but a comment. One space may stand
         * before the colons, and one has to follow them unless they end the line.
         */
        private static String directiveName(String rest, int colons) {
            int after = colons + 2;
            if (colons <= 0 || (after < rest.length() && !Character.isWhitespace(rest.charAt(after)))) {
                return "";
            }
            String name = rest.substring(0, rest.charAt(colons - 1) == ' ' ? colons - 1 : colons);
            return name.chars().allMatch(RstLines::isDirectiveName) ? name.toLowerCase(Locale.ROOT) : "";
        }

        private void target(String markup, int indent) {
            int colon = RstTargets.nameEnd(markup);
            if (colon > 0 && markup.substring(colon + 1).isBlank() && !continues(indent)) {
                pendingLabels.add(RstTargets.normalised(RstTargets.unquoted(markup.substring(1, colon))));
            } else {
                skipIndented(indent);
            }
        }

        private boolean continues(int indent) {
            return at < lines.size()
                    && !lines.get(at).isBlank()
                    && RstLines.indent(lines.get(at)) > indent
                    && !lines.get(at).strip().startsWith("..");
        }

        private void directive(String name, String argument, int indent, int line) {
            String value = argument.strip();
            if (CODE.contains(name)) {
                document.codeBlock(line, name.equals("parsed-literal") || !value.isEmpty() ? value : highlight);
                skipIndented(indent);
            } else if (DOCTESTS.contains(name)) {
                document.codeBlock(line, name.equals("doctest") ? "pycon" : "python");
                skipIndented(indent);
            } else if (OPAQUE.contains(name)) {
                skipIndented(indent);
            } else {
                switch (name) {
                    case "highlight" -> highlight = value;
                    case "image", "figure" -> document.link(line, Kind.IMAGE, value.endsWith(".*") ? "" : value);
                    case "kernel-figure", "kernel-image" -> document.link(line, Kind.IMAGE, value);
                    case "include", "literalinclude", "kernel-include" ->
                        document.link(line, Kind.INCLUDE, systemless(value));
                    case "toctree" -> toctree(indent);
                    default -> inline.scan(argument, line);
                }
                options(indent);
            }
        }

        /** {@code include:: <isonum.txt>} is a file of docutils' own, and one with a variable is made by the build. */
        private static String systemless(String file) {
            return file.startsWith("<") || file.indexOf('$') >= 0 ? "" : file;
        }

        /** Reads a directive's options, which stand between it and its content. */
        private void options(int indent) {
            while (at < lines.size()) {
                String line = lines.get(at);
                String text = line.strip();
                if (text.isEmpty() || RstLines.indent(line) <= indent || !text.startsWith(":")) {
                    return;
                }
                if (text.startsWith(":target:")) {
                    String target = text.substring(":target:".length()).strip();
                    document.link(at + 1, Kind.HREF, target.endsWith("_") ? "" : target);
                }
                at++;
            }
        }

        private void toctree(int indent) {
            for (; at < lines.size(); at++) {
                String line = lines.get(at);
                String text = line.strip();
                if (text.isEmpty()) {
                    continue;
                }
                if (RstLines.indent(line) <= indent) {
                    return;
                }
                if (!text.startsWith(":") && !text.equals("self") && text.indexOf('*') < 0) {
                    String entry = RstInline.target(text);
                    document.link(at + 1, entry.contains("://") ? Kind.HREF : Kind.DOC, entry);
                }
            }
        }

        private void paragraph() {
            int first = at;
            StringBuilder text = new StringBuilder();
            while (at < lines.size() && !lines.get(at).isBlank() && (at == first || !startsExplicit(lines.get(at)))) {
                text.append(lines.get(at)).append('\n');
                at++;
            }
            String last = lines.get(at - 1).stripTrailing();
            inline.scan(text.toString(), first + 1);
            if (last.endsWith("::")) {
                literal(textColumn(first, at));
            }
        }

        /**
         * The column that the last of some lines' text is aligned to. A line that stands where the text before it does goes
         * on with that text, even if it looks like a list item ("... to\n0. Then ..."); any other begins something new.
         */
        private int textColumn(int from, int to) {
            int column = -1;
            for (int i = from; i < to; i++) {
                String line = lines.get(i);
                if (column < 0 || RstLines.indent(line) != column) {
                    column = RstLines.column(line, RstLines.textStart(line));
                }
            }
            return column;
        }

        private static boolean startsExplicit(String line) {
            return line.stripLeading().startsWith(".. ");
        }

        private void literal(int indent) {
            int start = at;
            while (start < lines.size() && lines.get(start).isBlank()) {
                start++;
            }
            if (start == lines.size()) {
                return;
            }
            String line = lines.get(start);
            int column = RstLines.indent(line);
            if (column > indent) {
                at = start;
                document.codeBlock(start + 1, highlight);
                skipIndented(indent);
            } else if (column == indent && start > at && RstLines.isQuoted(line) && !startsExplicit(line)) {
                // Explicit markup there says more than these colons: what ".. code-block:: c" is, for one.
                at = start;
                document.codeBlock(start + 1, highlight);
                skipQuoted(indent, line.stripLeading().charAt(0));
            }
        }

        /** Passes a literal block that is not indented: each of its lines begins with the same mark, as in a mail. */
        private void skipQuoted(int indent, char mark) {
            while (at < lines.size() && RstLines.indent(lines.get(at)) == indent) {
                String text = lines.get(at).stripLeading();
                if (text.isEmpty() || text.charAt(0) != mark) {
                    return;
                }
                at++;
            }
        }

        private void skipIndented(int indent) {
            while (at < lines.size() && (lines.get(at).isBlank() || RstLines.indent(lines.get(at)) > indent)) {
                at++;
            }
        }

        private void skipToBlank() {
            while (at < lines.size() && !lines.get(at).isBlank()) {
                at++;
            }
        }
    }
}
