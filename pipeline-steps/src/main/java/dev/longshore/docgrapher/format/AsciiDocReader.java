package dev.longshore.docgrapher.format;

final class AsciiDocReader implements DocumentReader {
    @Override
    public ParsedDocument read(String text) {
        return new PlainTextReader().read(text);
    }
}
