package dev.longshore.docgrapher.format;

import dev.longshore.docgrapher.format.ParsedDocument.Link.Kind;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Links and names in a line of AsciiDoc. */
final class AsciiDocInline {
    /** Macros, cross-references, anchors and code; every part is bounded, so that no line costs quadratic time. */
    private static final Pattern MARKUP = Pattern.compile("(?:link|xref):([^\\s\\[\\]]{1,1000}+)\\[[^\\]]{0,500}+]"
            + "|image:([^\\s:\\[\\]][^\\s\\[\\]]{0,1000}+)\\[[^\\]]{0,500}+]"
            + "|<<([^>,]{1,500}+)(?:,[^>]{0,500}+)?>>"
            + "|\\[\\[([^\\],]{1,200}+)(?:,[^\\]]{0,500}+)?]]"
            + "|`{1,2}\\+?([^`]{1,300}?)\\+?`{1,2}"
            + "|(https?://[^\\s\\[\\]<>\"]{1,2000}+)\\[[^\\]]{0,500}+]");

    private final DocumentBuilder document;

    AsciiDocInline(DocumentBuilder document) {
        this.document = document;
    }

    void scan(String text, int line) {
        Matcher matcher = MARKUP.matcher(text);
        int plainFrom = 0;
        while (matcher.find()) {
            BareUrls.find(text.substring(plainFrom, matcher.start()), url -> document.link(line, Kind.HREF, url));
            plainFrom = matcher.end();
            if (matcher.group(1) != null) {
                path(matcher.group(1), line);
            } else if (matcher.group(2) != null) {
                document.link(line, Kind.IMAGE, matcher.group(2));
            } else if (matcher.group(3) != null) {
                crossReference(matcher.group(3).strip(), line);
            } else if (matcher.group(4) != null) {
                document.anchor(matcher.group(4));
            } else if (matcher.group(5) != null) {
                document.codeName(line, matcher.group(5), "");
            } else {
                document.link(line, Kind.HREF, matcher.group(6));
            }
        }
        BareUrls.find(text.substring(plainFrom), url -> document.link(line, Kind.HREF, url));
    }

    private void path(String target, int line) {
        if (target.indexOf('{') < 0) {
            document.link(line, Kind.HREF, target);
        }
    }

    /** {@code <<other.adoc#place>>} leads to another document, {@code <<place>>} to one here. */
    private void crossReference(String target, int line) {
        boolean file = target.indexOf('#') > 0 || target.endsWith(".adoc");
        document.link(line, Kind.HREF, file || target.startsWith("#") ? target : "#" + target);
    }

    /** A title without its markup. */
    static String plain(String text) {
        Matcher matcher = MARKUP.matcher(text);
        StringBuilder plain = new StringBuilder();
        int from = 0;
        while (matcher.find()) {
            plain.append(text, from, matcher.start());
            from = matcher.end();
            if (matcher.group(5) != null) {
                plain.append(matcher.group(5));
            } else if (matcher.group(4) == null) {
                int open = matcher.group().indexOf('[');
                plain.append(
                        open < 0
                                ? ""
                                : matcher.group()
                                        .substring(open + 1, matcher.group().length() - 1));
            }
        }
        return plain.append(text.substring(from))
                .toString()
                .replaceAll("(?<![\\w*_])([*_]{1,2})(\\S[^*_]{0,500}?)\\1(?!\\w)", "$2")
                .strip();
    }
}
