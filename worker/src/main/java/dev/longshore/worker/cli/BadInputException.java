package dev.longshore.worker.cli;

/** The user asked for what cannot be done; the message says what, in words for them. */
final class BadInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadInputException(String message) {
        super(message);
    }
}
