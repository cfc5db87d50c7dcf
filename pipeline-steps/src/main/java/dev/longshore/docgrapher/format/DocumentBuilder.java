package dev.longshore.docgrapher.format;

import dev.longshore.docgrapher.format.ParsedDocument.CodeBlock;
import dev.longshore.docgrapher.format.ParsedDocument.CodeName;
import dev.longshore.docgrapher.format.ParsedDocument.Heading;
import dev.longshore.docgrapher.format.ParsedDocument.Link;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Gathers what a reader meets, in the order of the text, and knows which section it stands under. */
final class DocumentBuilder {
    /** Longer code is a passage, not a name. */
    private static final int LONGEST_NAME = 200;

    /** A title is shown in lists; a paragraph underlined by mistake need not be kept whole. */
    private static final int LONGEST_TITLE = 1000;

    private final List<Heading> headings = new ArrayList<>();
    private final List<CodeBlock> codeBlocks = new ArrayList<>();
    private final List<Link> links = new ArrayList<>();
    private final List<CodeName> codeNames = new ArrayList<>();
    private final Map<String, Integer> anchors = new HashMap<>();
    private final Map<String, Integer> labels = new HashMap<>();
    private final Anchors names;
    /** Indexes of the headings that the current place is under, outermost first. */
    private final List<Integer> open = new ArrayList<>();

    private String title = "";
    private boolean limited;

    DocumentBuilder(Anchors names) {
        this.names = names;
    }

    /** The document's title, if it is not that of a heading; the first call counts. */
    void title(String text) {
        if (title.isEmpty()) {
            title = shortened(text.strip());
        }
    }

    /**
     * A heading begins a section.
     *
     * @param anchorText what its anchor is made of
     */
    void heading(int level, int line, String text, String anchorText) {
        while (!open.isEmpty() && headings.get(open.get(open.size() - 1)).level() >= level) {
            open.remove(open.size() - 1);
        }
        int parent = section();
        String anchor = names.next(shortened(anchorText));
        open.add(headings.size());
        anchors.putIfAbsent(anchor, headings.size());
        headings.add(new Heading(level, line, shortened(text.strip()), anchor, parent));
    }

    /** The innermost section at this place. */
    int section() {
        return open.isEmpty() ? ParsedDocument.NO_SECTION : open.get(open.size() - 1);
    }

    void codeBlock(int line, String language) {
        codeBlocks.add(new CodeBlock(section(), line, language.toLowerCase(Locale.ROOT)));
    }

    void link(int line, Link.Kind kind, String target) {
        if (!target.isBlank()) {
            links.add(new Link(section(), line, kind, target.strip()));
        }
    }

    void codeName(int line, String text, String role) {
        String name = text.strip();
        if (!name.isEmpty() && name.length() <= LONGEST_NAME) {
            codeNames.add(new CodeName(section(), line, name, role));
        }
    }

    /** A place that links inside this document can name. */
    void anchor(String name) {
        anchors.putIfAbsent(name, section());
    }

    /** A place that links from anywhere can name. */
    void label(String name) {
        labels.putIfAbsent(name, section());
    }

    void limited() {
        limited = true;
    }

    ParsedDocument build() {
        return new ParsedDocument(wholeTitle(), headings, codeBlocks, links, codeNames, anchors, labels, limited);
    }

    private Optional<String> wholeTitle() {
        if (!title.isEmpty()) {
            return Optional.of(title);
        }
        return headings.stream()
                .filter(heading -> heading.level() == 1)
                .findFirst()
                .or(() -> headings.stream().findFirst())
                .map(Heading::title)
                .filter(text -> !text.isEmpty());
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_TITLE ? text : text.substring(0, LONGEST_TITLE);
    }
}
