package dev.longshore.redis;

/** A job whose JSON takes more room than the store gives one job. Nothing was stored. */
public final class JobTooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int size;
    private final int limit;

    JobTooLargeException(int size, int limit) {
        super("the job takes " + size + " bytes of JSON, more than the " + limit
                + " allowed: keep its data elsewhere and give the job a reference to it, or log less in it");
        this.size = size;
        this.limit = limit;
    }

    /** What the job's JSON takes, in bytes. */
    public int size() {
        return size;
    }

    /** What it may take, in bytes. */
    public int limit() {
        return limit;
    }
}
