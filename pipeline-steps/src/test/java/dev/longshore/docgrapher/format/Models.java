package dev.longshore.docgrapher.format;

import java.util.List;

/** Says in short what a document holds, for tables of input and model. */
final class Models {
    private Models() {}

    /** {@code level:line:title:anchor} of each heading. */
    static List<String> headings(DocumentFormat format, String text) {
        return format.read(text).headings().stream()
                .map(heading -> heading.level() + ":" + heading.line() + ":" + heading.title() + ":" + heading.anchor())
                .toList();
    }

    /** {@code line:target} of each link; other kinds than HREF before it. */
    static List<String> links(DocumentFormat format, String text) {
        return format.read(text).links().stream()
                .map(link -> link.line() + ":"
                        + (link.kind() == ParsedDocument.Link.Kind.HREF ? "" : link.kind() + " ")
                        + link.target())
                .toList();
    }

    /** {@code line:text} of each name in code; a role before it. */
    static List<String> names(DocumentFormat format, String text) {
        return format.read(text).codeNames().stream()
                .map(name -> name.line() + ":" + (name.role().isEmpty() ? "" : name.role() + " ") + name.text())
                .toList();
    }

    /** {@code line:language} of each code block. */
    static List<String> codeBlocks(DocumentFormat format, String text) {
        return format.read(text).codeBlocks().stream()
                .map(block -> block.line() + ":" + block.language())
                .toList();
    }
}
