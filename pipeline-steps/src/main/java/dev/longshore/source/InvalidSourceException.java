package dev.longshore.source;

/** The source cannot be ingested, and the message says on one line why. */
public final class InvalidSourceException extends Exception {
    private static final long serialVersionUID = 1L;

    public InvalidSourceException(String message) {
        super(message);
    }

    public InvalidSourceException(String message, Throwable cause) {
        super(message, cause);
    }
}
