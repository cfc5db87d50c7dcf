package dev.longshore.redis;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a call is repeated while Redis is away.
 *
 * <p>JobRunr stops its server for one exception in a heartbeat, so its own threads wait as long as it takes, whatever is
 * wrong: an operator can mend even a wrong password. An ordinary caller would rather know.
 */
final class Patience {
    /** As long as it takes: until Redis is back, this client is closed or the thread is interrupted. */
    static final Patience ENDLESS = new Patience(null);

    private static final String SERVER_THREADS = "backgroundjob-";

    private final @Nullable Duration limit;

    private Patience(@Nullable Duration limit) {
        this.limit = limit;
    }

    static Patience of(Duration limit) {
        return new Patience(limit);
    }

    /** What a thread has when its call says nothing: {@code ordinary}, unless it is one of JobRunr's server. */
    static Patience of(Thread thread, Duration ordinary) {
        return thread.getName().startsWith(SERVER_THREADS) ? ENDLESS : of(ordinary);
    }

    boolean isEndless() {
        return limit == null;
    }

    /** Whether a call with this patience is repeated after the fault. */
    boolean outlasts(RedisFault fault) {
        return !fault.isFinal() && (isEndless() || fault.isPassing());
    }

    /** What is left after this many nanoseconds, in nanoseconds; not positive when patience is at its end. */
    long leftNanos(long spentNanos) {
        return limit == null ? Long.MAX_VALUE : limit.toNanos() - spentNanos;
    }

    @Override
    public String toString() {
        return limit == null ? "endless" : limit.toString();
    }
}
