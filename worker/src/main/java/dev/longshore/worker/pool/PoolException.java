package dev.longshore.worker.pool;

/** This process cannot take part in the pool as it is set up; the message says why, {@link #fix} what to do. */
public final class PoolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String fix;

    PoolException(String message, String fix) {
        super(message);
        this.fix = fix;
    }

    /** One or a few lines. */
    public String fix() {
        return fix;
    }
}
