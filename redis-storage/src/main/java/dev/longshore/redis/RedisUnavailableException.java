package dev.longshore.redis;

import java.time.Duration;
import org.jobrunr.storage.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Redis could not be used, although the call was repeated for as long as the caller waits. Whether Redis did what was
 * asked is not known; asking again is harmless.
 */
public final class RedisUnavailableException extends StorageException {
    private static final long serialVersionUID = 1;

    private final RedisFault fault;
    private final String operation;
    private final int attempts;
    private final Duration waited;

    RedisUnavailableException(
            String redis,
            RedisFault fault,
            String operation,
            int attempts,
            Duration waited,
            @Nullable Throwable cause) {
        super(message(redis, fault, operation, attempts, waited, cause), cause);
        this.fault = fault;
        this.operation = operation;
        this.attempts = attempts;
        this.waited = waited;
    }

    private static String message(
            String redis,
            RedisFault fault,
            String operation,
            int attempts,
            Duration waited,
            @Nullable Throwable cause) {
        StringBuilder text = new StringBuilder();
        text.append(redis)
                .append(" cannot be used for ")
                .append(operation)
                .append(": ")
                .append(fault.words());
        if (attempts > 0) {
            text.append(", after ")
                    .append(attempts)
                    .append(attempts == 1 ? " attempt in " : " attempts in ")
                    .append(seconds(waited));
        }
        text.append(". ").append(fault.advice());
        if (cause != null && cause.getMessage() != null) {
            text.append(" (").append(cause.getMessage()).append(')');
        }
        return text.toString();
    }

    static String seconds(Duration duration) {
        return duration.toSeconds() + "." + duration.toMillisPart() / 100 + " s";
    }

    public RedisFault fault() {
        return fault;
    }

    /** What was asked of Redis: the name of a script or command. */
    public String operation() {
        return operation;
    }

    /** How often it was tried; 0 if the call did not get as far. */
    public int attempts() {
        return attempts;
    }

    /** How long it was tried. */
    public Duration waited() {
        return waited;
    }
}
