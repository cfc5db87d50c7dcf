package dev.longshore.docgrapher.format;

import dev.longshore.docgrapher.format.ParsedDocument.Link.Kind;
import java.util.Locale;

/** Finds links, images and anchors in the HTML that Markdown lets through, and the title that READMEs centre with it. */
final class HtmlTags {
    private HtmlTags() {}

    /** @param firstLine the line of the document that {@code html} begins on */
    static void find(String html, int firstLine, DocumentBuilder document) {
        int line = firstLine;
        int counted = 0;
        boolean titled = false;
        for (int at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at)) {
            if (html.startsWith("<!--", at)) {
                int end = html.indexOf("-->", at + 4);
                if (end < 0) {
                    return;
                }
                at = end + 3;
                continue;
            }
            int nameEnd = at + 1;
            while (nameEnd < html.length() && Character.isLetterOrDigit(html.charAt(nameEnd))) {
                nameEnd++;
            }
            if (nameEnd == at + 1) {
                at++;
                continue;
            }
            for (; counted < at; counted++) {
                line += html.charAt(counted) == '\n' ? 1 : 0;
            }
            String tag = html.substring(at + 1, nameEnd).toLowerCase(Locale.ROOT);
            int end = attributes(html, nameEnd, tag, line, document);
            if (tag.equals("h1") && !titled) {
                titled = true;
                document.title(textUpTo(html, end, "</h1"));
            }
            at = end;
        }
    }

    /** Reads a tag's attributes and gives the index after it. */
    private static int attributes(String html, int from, String tag, int line, DocumentBuilder document) {
        int at = from;
        while (at < html.length() && html.charAt(at) != '>') {
            int nameStart = at;
            while (at < html.length() && "=> \t\r\n/".indexOf(html.charAt(at)) < 0) {
                at++;
            }
            if (at == nameStart) {
                at++;
                continue;
            }
            String name = html.substring(nameStart, at).toLowerCase(Locale.ROOT);
            at = skipSpace(html, at);
            if (at >= html.length() || html.charAt(at) != '=') {
                continue;
            }
            at = skipSpace(html, at + 1);
            if (at >= html.length()) {
                break;
            }
            char quote = html.charAt(at);
            int valueStart = at;
            if (quote == '"' || quote == '\'') {
                valueStart = at + 1;
                int close = html.indexOf(quote, valueStart);
                at = close < 0 ? html.length() : close;
            } else {
                while (at < html.length() && "> \t\r\n".indexOf(html.charAt(at)) < 0) {
                    at++;
                }
            }
            String value = html.substring(valueStart, at).replace("&amp;", "&");
            if (at < html.length() && (quote == '"' || quote == '\'')) {
                at++;
            }
            take(tag, name, value, line, document);
        }
        return Math.min(at + 1, html.length());
    }

    private static void take(String tag, String name, String value, int line, DocumentBuilder document) {
        if (name.equals("href") && tag.equals("a")) {
            document.link(line, Kind.HREF, value);
        } else if (name.equals("src") && tag.equals("img")) {
            document.link(line, Kind.IMAGE, value);
        } else if (name.equals("id") || (name.equals("name") && tag.equals("a"))) {
            document.anchor(value);
        }
    }

    private static int skipSpace(String html, int from) {
        int at = from;
        while (at < html.length() && Character.isWhitespace(html.charAt(at))) {
            at++;
        }
        return at;
    }

    /** The text up to a closing tag, without the tags inside; empty if it is not closed. */
    private static String textUpTo(String html, int from, String close) {
        int end = html.indexOf(close, from);
        if (end < 0) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        boolean inTag = false;
        for (int i = from; i < end; i++) {
            char c = html.charAt(i);
            if (c == '<') {
                inTag = true;
            } else if (c == '>') {
                inTag = false;
            } else if (!inTag) {
                text.append(Character.isWhitespace(c) ? ' ' : c);
            }
        }
        return text.toString();
    }
}
