package dev.longshore.source;

/** The source cannot be ingested, and the message says on one line why. */
public final class InvalidSourceException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean retryable;

    public InvalidSourceException(String message) {
        super(message);
        this.retryable = false;
    }

    public InvalidSourceException(String message, Throwable cause) {
        this(message, cause, false);
    }

    /** @param retryable see {@link #retryable()} */
    public InvalidSourceException(String message, Throwable cause, boolean retryable) {
        super(message, cause);
        this.retryable = retryable;
    }

    /** Whether the same may work a little later: the network or the server failed, not what was asked of it. */
    public boolean retryable() {
        return retryable;
    }
}
