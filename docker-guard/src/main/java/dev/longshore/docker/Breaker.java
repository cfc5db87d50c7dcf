package dev.longshore.docker;

import dev.longshore.docker.ConnectionStatus.FailingClass;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One class of calls: closed; open after some failures in a row, when nothing is tried; half-open after a while, when one call at a
 * time is tried and decides. Not thread-safe: its {@link ConnectionMachine} guards it.
 *
 * <p>Written here and not on Resilience4j's, which was tried (docs/development.md): it does what it should and takes more code, since
 * the refusal's cause and wait and the count of failures are kept beside it all the same.
 */
final class Breaker {
    private final CallClass kind;
    private final ConnectionSettings.Breaker settings;
    private final LongSupplier nanos;
    private int failures;
    private @Nullable DockerFailure cause;
    private boolean open;
    private long openedAt;
    private boolean trial;
    private long failedAt;

    Breaker(CallClass kind, ConnectionSettings.Breaker settings, LongSupplier nanos) {
        this.kind = kind;
        this.settings = settings;
        this.nanos = nanos;
    }

    /** How long calls are still not tried; empty if this one may be, and then its end must be told. */
    Optional<Duration> tryEnter() {
        if (!open || kind.neverRefused()) {
            return Optional.empty();
        }
        Duration remaining = remaining();
        if (remaining.isZero() && !trial) {
            trial = true;
            return Optional.empty();
        }
        // Another's trial decides soon.
        return Optional.of(remaining.isZero() ? Duration.ofSeconds(1) : remaining);
    }

    void succeeded() {
        failures = 0;
        cause = null;
        open = false;
        trial = false;
    }

    /** @param weighty whether it may open the breaker; one that may not is only shown */
    void failed(DockerFailure failure, boolean weighty) {
        cause = failure;
        failedAt = nanos.getAsLong();
        failures = weighty ? failures + 1 : Math.max(1, failures);
        if (weighty && (trial || failures >= settings.failures())) {
            open = true;
            openedAt = failedAt;
        }
        trial = false;
    }

    /** A call that was let in ended without saying anything about the daemon. */
    void abandoned() {
        trial = false;
    }

    /** A failure that is not repeated for this long no longer shows; an open breaker stays. */
    void forgetAfter(Duration quiet) {
        if (!open && failures > 0 && nanos.getAsLong() - failedAt >= quiet.toNanos()) {
            succeeded();
        }
    }

    @Nullable DockerFailure cause() {
        return cause;
    }

    Optional<FailingClass> failing() {
        return Optional.ofNullable(cause).map(why -> new FailingClass(kind, failures, remaining(), why));
    }

    private Duration remaining() {
        long left = openedAt + settings.open().toNanos() - nanos.getAsLong();
        return open && left > 0 ? Duration.ofNanos(left) : Duration.ZERO;
    }
}
