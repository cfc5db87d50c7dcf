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
            int indent = RstLines.textStart(line);
            String text = line.substring(indent);
            if (text.startsWith(".. ") || text.strip().equals("..")) {
                explicit(indent, text.length() > 2 ? text.substring(3) : "");
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
            boolean directive = end > 0 && rest.substring(0, end).chars().allMatch(RstLines::isDirectiveName);
            if (directive) {
                nameWhatComes();
                directive(rest.substring(0, end).toLowerCase(Locale.ROOT), rest.substring(end + 2), indent, line);
            } else if (rest.startsWith("[")) {
                // A footnote or citation holds text.
                inline.scan(rest.substring(rest.indexOf(']') + 1), line);
            } else {
                skipIndented(indent);
            }
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
                literal(RstLines.textStart(last));
            }
        }

        private static boolean startsExplicit(String line) {
            return line.stripLeading().startsWith(".. ");
        }

        private void literal(int indent) {
            int start = at;
            while (start < lines.size() && lines.get(start).isBlank()) {
                start++;
            }
            if (start < lines.size() && RstLines.indent(lines.get(start)) > indent) {
                at = start;
                document.codeBlock(start + 1, highlight);
                skipIndented(indent);
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
