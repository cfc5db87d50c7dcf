package dev.longshore.docgrapher.format;

import dev.longshore.docgrapher.format.ParsedDocument.Link;

/** Plain text: its first line is its title, and the URLs in it are its links. */
final class PlainTextReader implements DocumentReader {
    private static final int LONGEST_TITLE = 120;

    @Override
    public ParsedDocument read(String text) {
        DocumentBuilder document = new DocumentBuilder(new Anchors());
        Lines lines = Lines.of(text);
        boolean titled = false;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (!titled && hasLetter(line)) {
                titled = true;
                if (line.strip().length() <= LONGEST_TITLE) {
                    document.title(line);
                }
            }
            int number = i + 1;
            BareUrls.find(line, url -> document.link(number, Link.Kind.HREF, url));
        }
        return document.build();
    }

    /** Whether a line is more than a row of asterisks. */
    private static boolean hasLetter(String line) {
        return line.codePoints().anyMatch(Character::isLetter);
    }
}
