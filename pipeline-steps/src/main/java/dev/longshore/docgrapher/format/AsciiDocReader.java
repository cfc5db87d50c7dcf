package dev.longshore.docgrapher.format;

import dev.longshore.docgrapher.format.ParsedDocument.Link.Kind;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** AsciiDoc by lines: titles, listing and literal blocks, link, image, include and cross-reference macros. */
final class AsciiDocReader implements DocumentReader {
    @Override
    public ParsedDocument read(String text) {
        return new Reading(Lines.of(text)).read();
    }

    /** One document being read, from the first line to the last. */
    private static final class Reading {
        private static final Pattern TITLE = Pattern.compile("(={1,6}|#{1,6})[ \\t]+(\\S.*)");
        private static final Pattern ATTRIBUTE = Pattern.compile(":([\\w-]+):(?:\\s+(.*))?");
        private static final Pattern ATTRIBUTE_USE = Pattern.compile("\\{([\\w-]+)}");
        private static final Pattern BLOCK_ANCHOR =
                Pattern.compile("\\[\\[([^\\],]+)[^\\]]*]]|\\[(?:[\\w-]*)#([\\w-]+).*]");
        private static final Pattern SOURCE = Pattern.compile("\\[source[^,\\]]*(?:,\\s*([\\w+#.-]+))?.*]");
        private static final Pattern BLOCK_IMAGE = Pattern.compile("(?:image|video|audio)::([^\\[]+)\\[.*");
        private static final Pattern INCLUDE = Pattern.compile("include::([^\\[]+)\\[.*");
        /** Delimiters of blocks whose content is no AsciiDoc. */
        private static final Pattern VERBATIM = Pattern.compile("(-{4,}|\\.{4,}|\\+{4,}|/{4,}|`{3,})(.*)");

        /** Together these keep a line full of uses of a long attribute from growing without bound. */
        private static final int LONGEST_VALUE = 500;

        private static final int LONGEST_EXPANDED = 2000;

        private final Lines lines;
        private final DocumentBuilder document = new DocumentBuilder(new Anchors());
        private final AsciiDocInline inline = new AsciiDocInline(document);
        private final Map<String, String> attributes = new HashMap<>();
        private String language = "";
        private String pendingAnchor = "";
        private boolean afterBlank = true;
        private int at;

        Reading(Lines lines) {
            this.lines = lines;
        }

        ParsedDocument read() {
            for (; at < lines.size(); at++) {
                String line = lines.get(at).stripTrailing();
                boolean blank = line.isEmpty();
                if (!blank) {
                    line(line);
                }
                afterBlank = blank;
            }
            return document.build();
        }

        private void line(String line) {
            Matcher title = TITLE.matcher(line);
            Matcher attribute = ATTRIBUTE.matcher(line);
            Matcher verbatim = VERBATIM.matcher(line);
            if (verbatim.matches() && (verbatim.group(2).isEmpty() || line.startsWith("`"))) {
                verbatim(verbatim.group(1), verbatim.group(2));
            } else if (title.matches()) {
                title(title.group(1).length(), title.group(2), at + 1);
            } else if (attribute.matches()) {
                String value = attribute.group(2) == null ? "" : attribute.group(2);
                if (value.length() <= LONGEST_VALUE) {
                    attributes.put(attribute.group(1), value);
                }
            } else if (line.startsWith("[") && line.endsWith("]")) {
                blockAttributes(line);
            } else if (isUnderlined(line)) {
                title("=-~^+".indexOf(lines.get(at + 1).charAt(0)) + 1, line, at + 1);
                at++;
            } else if (!line.startsWith("//")) {
                text(line);
            }
        }

        private void title(int level, String text, int line) {
            String plain = AsciiDocInline.plain(expanded(text).replaceAll("\\s+=+$", ""));
            document.heading(level, line, plain, plain);
            // The anchor that AsciiDoc itself gives, and the title, are what cross-references name.
            document.anchor("_" + Anchors.slug(plain).replaceAll("[-.]+", "_"));
            document.anchor(plain);
            if (!pendingAnchor.isEmpty()) {
                document.anchor(pendingAnchor);
                pendingAnchor = "";
            }
            language = "";
            inline.scan(expanded(text), line);
        }

        private boolean isUnderlined(String line) {
            if (!afterBlank || at + 1 >= lines.size() || !Character.isLetterOrDigit(line.codePointAt(0))) {
                return false;
            }
            String under = lines.get(at + 1).stripTrailing();
            return under.length() >= 2
                    && "=-~^+".indexOf(under.charAt(0)) >= 0
                    && RstLines.isRow(under)
                    && Math.abs(under.length() - line.length()) <= 1;
        }

        private void blockAttributes(String line) {
            Matcher source = SOURCE.matcher(line);
            Matcher anchor = BLOCK_ANCHOR.matcher(line);
            if (source.matches()) {
                language = source.group(1) == null ? attributes.getOrDefault("source-language", "") : source.group(1);
            } else if (anchor.matches()) {
                pendingAnchor = anchor.group(1) == null ? anchor.group(2) : anchor.group(1);
            }
        }

        /** Skips a block to its closing delimiter; a listing or literal block is a code block. */
        private void verbatim(String delimiter, String info) {
            boolean code = "-.`".indexOf(delimiter.charAt(0)) >= 0;
            if (code) {
                document.codeBlock(
                        at + 1, delimiter.startsWith("`") ? info.strip().toLowerCase(Locale.ROOT) : language);
            }
            language = "";
            int end = at + 1;
            while (end < lines.size() && !lines.get(end).stripTrailing().equals(delimiter)) {
                Matcher include = INCLUDE.matcher(lines.get(end));
                if (code && include.matches()) {
                    document.link(end + 1, Kind.INCLUDE, expanded(include.group(1)));
                }
                end++;
            }
            at = end;
        }

        private void text(String raw) {
            String line = expanded(raw);
            if (!pendingAnchor.isEmpty()) {
                document.anchor(pendingAnchor);
                pendingAnchor = "";
            }
            Matcher include = INCLUDE.matcher(line);
            Matcher image = BLOCK_IMAGE.matcher(line);
            if (include.matches()) {
                file(include.group(1), Kind.INCLUDE);
            } else if (image.matches()) {
                file(image.group(1), Kind.IMAGE);
            } else {
                if (!language.isEmpty()) {
                    // [source] before a paragraph makes the paragraph code.
                    document.codeBlock(at + 1, language);
                    language = "";
                    while (at + 1 < lines.size() && !lines.get(at + 1).isBlank()) {
                        at++;
                    }
                    return;
                }
                inline.scan(line, at + 1);
            }
        }

        /** What holds an attribute that the document does not set names no file that can be known. */
        private void file(String path, Kind kind) {
            if (path.indexOf('{') < 0) {
                boolean image = kind == Kind.IMAGE && !path.contains("://") && !path.startsWith("/");
                String directory = attributes.getOrDefault("imagesdir", "").strip();
                document.link(at + 1, kind, image && !directory.isEmpty() ? directory + "/" + path : path);
            }
        }

        private String expanded(String text) {
            if (text.indexOf('{') < 0 || text.length() > LONGEST_EXPANDED) {
                return text;
            }
            return ATTRIBUTE_USE
                    .matcher(text)
                    .replaceAll(use -> Matcher.quoteReplacement(attributes.getOrDefault(use.group(1), use.group())));
        }
    }
}
