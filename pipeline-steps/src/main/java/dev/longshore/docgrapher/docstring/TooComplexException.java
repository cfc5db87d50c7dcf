package dev.longshore.docgrapher.docstring;

/** A source would take far more work than any program of its size: it is hardly one. */
public final class TooComplexException extends Exception {
    private static final long serialVersionUID = 1L;

    TooComplexException() {
        super("parsing it takes more work than any program of its size");
    }
}
