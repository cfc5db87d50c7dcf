package dev.longshore.redis;

/** What is stored is not what this store would have written: such a job is put aside and never run. */
final class SuspectJobException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SuspectJobException(String reason) {
        super(reason);
    }

    SuspectJobException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
