package dev.longshore.docgrapher.format;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A format that documents are written in. */
public enum DocumentFormat {
    MARKDOWN("markdown", new MarkdownReader()),
    RESTRUCTURED_TEXT("restructuredtext", new RestructuredTextReader()),
    ASCIIDOC("asciidoc", new AsciiDocReader()),
    TEXT("text", new PlainTextReader());

    /** Files that are documents whatever their extension, or without one. */
    private static final Set<String> DOCUMENT_NAMES = Set.of(
            "readme",
            "contributing",
            "changelog",
            "changes",
            "history",
            "news",
            "license",
            "licence",
            "copying",
            "notice",
            "authors",
            "contributors",
            "maintainers",
            "credits",
            "thanks",
            "install",
            "installing",
            "todo",
            "hacking",
            "security",
            "support",
            "governance",
            "code_of_conduct",
            "code-of-conduct",
            "releasing",
            "upgrading",
            "faq",
            "roadmap",
            "copyright",
            "unlicense");

    /** Text files that hold settings or data for programs, not text for people. */
    private static final Set<String> NOT_DOCUMENTS = Set.of(
            "cmakelists.txt", "robots.txt", "requirements.txt", "constraints.txt", "top_level.txt", "sources.txt");

    private final String id;

    @SuppressWarnings("ImmutableEnumChecker") // a reader holds no state of a document
    private final DocumentReader reader;

    DocumentFormat(String id, DocumentReader reader) {
        this.id = id;
        this.reader = reader;
    }

    /** What the graph calls it. */
    public String id() {
        return id;
    }

    /** Reads a document of this format. Never fails: whatever is no markup is text. */
    public ParsedDocument read(String text) {
        return reader.read(text);
    }

    /**
     * The format of a file, or empty if it is no document.
     *
     * @param name the last part of its path
     * @param language what the filesystem step took it for; empty if unknown
     */
    public static Optional<DocumentFormat> of(String name, String language) {
        String lower = name.toLowerCase(Locale.ROOT);
        for (DocumentFormat format : values()) {
            if (format != TEXT && format.id.equals(language)) {
                return Optional.of(format);
            }
        }
        int dot = lower.lastIndexOf('.');
        String stem = dot < 0 ? lower : lower.substring(0, dot);
        String extension = dot < 0 ? "" : lower.substring(dot + 1);
        return switch (extension) {
            case "md", "markdown", "mdown", "mkd", "mdx" -> Optional.of(MARKDOWN);
            case "rst", "rest" -> Optional.of(RESTRUCTURED_TEXT);
            case "adoc", "asciidoc", "asc" -> extension.equals("asc") ? Optional.empty() : Optional.of(ASCIIDOC);
            case "txt", "text" -> isText(lower) ? Optional.of(TEXT) : Optional.empty();
            case "" -> DOCUMENT_NAMES.contains(lower) ? Optional.of(TEXT) : Optional.empty();
            // LICENSE.MIT, README.de, LICENSE-APACHE-2.0: a document's name, and a language that is none.
            default -> language.isEmpty() && isNamed(stem) ? Optional.of(TEXT) : Optional.empty();
        };
    }

    private static boolean isText(String lowerName) {
        return !NOT_DOCUMENTS.contains(lowerName)
                && !lowerName.startsWith("requirements")
                && !lowerName.endsWith("requirements.txt");
    }

    private static boolean isNamed(String stem) {
        int end = 0;
        while (end < stem.length() && (Character.isLetter(stem.charAt(end)) || stem.charAt(end) == '_')) {
            end++;
        }
        return DOCUMENT_NAMES.contains(stem.substring(0, end));
    }
}
