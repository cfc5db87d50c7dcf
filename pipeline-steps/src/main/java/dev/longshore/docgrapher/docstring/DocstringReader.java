package dev.longshore.docgrapher.docstring;

import java.util.List;

/** Reads the docstrings of a source. */
public final class DocstringReader {
    private DocstringReader() {}

    /**
     * The docstrings of a source in the order of the text. A source with syntax errors gives those of the parts that can
     * be read.
     *
     * @param utf8 the source, well-formed UTF-8 without a byte order mark
     * @throws TooComplexException it is hardly a program, and would take quadratic time
     * @throws InterruptedException the thread was interrupted
     * @throws LinkageError tree-sitter has no library for this platform, or it cannot be loaded
     */
    public static List<Docstring> read(SourceLanguage language, byte[] utf8)
            throws InterruptedException, TooComplexException {
        try (SyntaxTree tree = SyntaxTree.parse(language, utf8)) {
            return switch (language) {
                case PYTHON -> new PythonDocstrings(tree).read();
                case JAVA, JAVASCRIPT, TYPESCRIPT, TSX -> new DocComments(tree).read();
            };
        }
    }
}
