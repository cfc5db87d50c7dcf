package dev.longshore.worker.runs;

/** Redis has something for a run that this version cannot read; the message says what to do. */
public final class UnreadableRunException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadableRunException(String message) {
        super(message);
    }

    UnreadableRunException(String message, Throwable cause) {
        super(message, cause);
    }
}
