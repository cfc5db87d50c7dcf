package dev.longshore.docgrapher.format;

final class RestructuredTextReader implements DocumentReader {
    @Override
    public ParsedDocument read(String text) {
        return new PlainTextReader().read(text);
    }
}
