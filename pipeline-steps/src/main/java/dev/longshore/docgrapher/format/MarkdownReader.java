package dev.longshore.docgrapher.format;

import java.util.List;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.strikethrough.StrikethroughExtension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.Node;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/**
 * Markdown as GitHub reads it: CommonMark with tables, strikethrough and bare URLs, after front matter. Task list marks
 * are text, which costs nothing here.
 */
final class MarkdownReader implements DocumentReader {
    /**
     * How deep quotes and lists, or emphasis and brackets, may stand in each other; what is deeper is text. Nobody writes
     * more than a dozen, and 10,000 of them cost quadratic time.
     */
    static final int NESTING = 256;

    private final Parser parser = parser(List.of(TablesExtension.create(), StrikethroughExtension.create()));
    private final Parser parserWithoutTables = parser(List.of(StrikethroughExtension.create()));

    private static Parser parser(List<Extension> extensions) {
        return Parser.builder()
                .extensions(extensions)
                .includeSourceSpans(IncludeSourceSpans.BLOCKS_AND_INLINES)
                .maxOpenBlockParsers(NESTING)
                .maxInlineNesting(NESTING)
                .build();
    }

    @Override
    public ParsedDocument read(String text) {
        FrontMatter frontMatter = FrontMatter.of(text);
        DocumentBuilder document = new DocumentBuilder(new Anchors());
        document.title(frontMatter.title());
        String body = text.substring(frontMatter.length());
        new MarkdownWalk(document, frontMatter.lines()).over(parsed(body, document));
        return document.build();
    }

    private Node parsed(String body, DocumentBuilder document) {
        try {
            return parser.parse(body);
        } catch (IllegalArgumentException e) {
            // The tables have more cells than their parser allows (a million): then they are text.
            document.limited();
            return parserWithoutTables.parse(body);
        }
    }
}
