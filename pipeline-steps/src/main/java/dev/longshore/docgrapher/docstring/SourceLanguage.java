package dev.longshore.docgrapher.docstring;

import java.util.Locale;
import java.util.Optional;

/** A language whose documentation comments are read. */
public enum SourceLanguage {
    PYTHON,
    JAVA,
    JAVASCRIPT,
    TYPESCRIPT,
    /** TypeScript with JSX: a grammar of its own, for {@code <T>x} means something else in it. */
    TSX;

    /**
     * The language of a file, or empty if its documentation is not read.
     *
     * @param name the last part of its path
     * @param language what the filesystem step took it for
     */
    public static Optional<SourceLanguage> of(String name, String language) {
        return switch (language) {
            case "python" -> Optional.of(PYTHON);
            case "java" -> Optional.of(JAVA);
            case "javascript" -> Optional.of(JAVASCRIPT);
            case "typescript" -> Optional.of(name.toLowerCase(Locale.ROOT).endsWith(".tsx") ? TSX : TYPESCRIPT);
            default -> Optional.empty();
        };
    }
}
