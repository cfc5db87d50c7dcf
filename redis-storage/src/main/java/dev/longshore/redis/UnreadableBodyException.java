package dev.longshore.redis;

/** Stored bytes that are no job: damaged, written by something else, or by a newer version. */
final class UnreadableBodyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param reason what is wrong, of "it", the body; never what is in it */
    UnreadableBodyException(String reason) {
        super("the stored job cannot be read: " + reason);
    }
}
