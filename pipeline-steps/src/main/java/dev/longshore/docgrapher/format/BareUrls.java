package dev.longshore.docgrapher.format;

import java.util.EnumSet;
import java.util.function.Consumer;
import org.nibor.autolink.LinkExtractor;
import org.nibor.autolink.LinkSpan;
import org.nibor.autolink.LinkType;

/** Finds the URLs that stand in running text without any markup. */
final class BareUrls {
    private static final LinkExtractor EXTRACTOR =
            LinkExtractor.builder().linkTypes(EnumSet.of(LinkType.URL)).build();

    private BareUrls() {}

    /** Gives every {@code http} and {@code https} URL of the text. */
    static void find(String text, Consumer<String> urls) {
        // Most texts hold none, and this is far cheaper than the extractor.
        if (text.indexOf("://") < 0) {
            return;
        }
        for (LinkSpan span : EXTRACTOR.extractLinks(text)) {
            String url = text.substring(span.getBeginIndex(), span.getEndIndex());
            if (url.regionMatches(true, 0, "http://", 0, 7) || url.regionMatches(true, 0, "https://", 0, 8)) {
                urls.accept(url);
            }
        }
    }
}
