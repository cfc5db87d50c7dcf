package dev.longshore.docgrapher.format;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a document holds, in the order of the text. {@code section} is everywhere the index in {@link #headings} of the
 * heading that the thing stands under, or {@link #NO_SECTION} before the first one. Lines are 1-based.
 *
 * @param title of the whole document
 * @param anchors every name by which a place in the document can be linked to, and the section that holds it; the
 *     headings' own anchors are among them
 * @param labels names by which any document of the repository can link here (reStructuredText's {@code :ref:})
 * @param limited parts nested too deeply, or a table of a million cells, were read as plain text
 */
public record ParsedDocument(
        Optional<String> title,
        List<Heading> headings,
        List<CodeBlock> codeBlocks,
        List<Link> links,
        List<CodeName> codeNames,
        Map<String, Integer> anchors,
        Map<String, Integer> labels,
        boolean limited) {
    public static final int NO_SECTION = -1;

    public ParsedDocument {
        headings = List.copyOf(headings);
        codeBlocks = List.copyOf(codeBlocks);
        links = List.copyOf(links);
        codeNames = List.copyOf(codeNames);
        anchors = Map.copyOf(anchors);
        labels = Map.copyOf(labels);
    }

    /**
     * A heading.
     *
     * @param level 1 for the topmost
     * @param parent the section that this one belongs to
     */
    public record Heading(int level, int line, String title, String anchor, int parent) {}

    /**
     * A block of code.
     *
     * @param language as written by the author, lower case; empty if none is
     */
    public record CodeBlock(int section, int line, String language) {}

    /** A link as written, unresolved but for references inside the document. */
    public record Link(int section, int line, Kind kind, String target) {
        /** What a link's target is written as. */
        public enum Kind {
            /** A URL or a path, relative to the document's directory. */
            HREF,
            /** The same, of an image. */
            IMAGE,
            /** A file whose text is read in here. */
            INCLUDE,
            /** A document, without its extension, relative to the document's directory or to the root of the docs. */
            DOC,
            /** A {@linkplain ParsedDocument#labels() label} of any document. */
            LABEL
        }
    }

    /**
     * A name that stands in code: {@code `Flask.route()`}.
     *
     * @param role what the author says it is ({@code class}, {@code py:func}); empty if nothing is said
     */
    public record CodeName(int section, int line, String text, String role) {}
}
