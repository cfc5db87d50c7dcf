package dev.longshore.container;

/** A line of an image's output is not what it must be. The message says why; the reader adds where. */
final class InvalidLine extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidLine(String problem) {
        // No stack trace: it says nothing that the place in the output does not say better.
        super(problem, null, false, false);
    }

    String problem() {
        return String.valueOf(getMessage());
    }
}
