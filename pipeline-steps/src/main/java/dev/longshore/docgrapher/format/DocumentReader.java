package dev.longshore.docgrapher.format;

/** Reads the documents of one format. Safe for use by many threads. */
interface DocumentReader {
    /**
     * Reads a document.
     *
     * @param text without a byte order mark; lines end with LF, CR LF or CR
     */
    ParsedDocument read(String text);
}
