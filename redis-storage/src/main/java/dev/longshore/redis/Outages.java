package dev.longshore.redis;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log once when Redis goes away and once when it is back, however many calls wait meanwhile.
 *
 * <p>A Redis that refuses writes still reads: then only the success of what it refused shows that it is well again.
 */
final class Outages {
    private static final Logger LOG = LoggerFactory.getLogger(Redis.class);
    /** One that returns so soon after the last is part of it, and not told again. */
    private static final long SAME_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String redis;
    private volatile @Nullable Outage current;
    private @Nullable RedisFault lastFault;
    private long lastEndNanos;

    Outages(String redis) {
        this.redis = redis;
    }

    private record Outage(RedisFault fault, String operation, long sinceNanos, boolean told) {
        boolean endsWith(String succeeded, boolean refusedBefore) {
            return fault.reach() == RedisFault.Reach.SERVER || refusedBefore || succeeded.equals(operation);
        }
    }

    /** What keeps calls waiting now, if anything. */
    @Nullable RedisFault current() {
        Outage outage = current;
        return outage == null ? null : outage.fault();
    }

    /** A call failed and is repeated. */
    void failed(RedisFault fault, String operation, Throwable cause) {
        if (current == null) {
            begin(fault, operation, cause);
        }
    }

    private synchronized void begin(RedisFault fault, String operation, Throwable cause) {
        if (current != null) {
            return;
        }
        long now = System.nanoTime();
        boolean told = fault != lastFault || now - lastEndNanos > SAME_NANOS;
        current = new Outage(fault, operation, now, told);
        if (told) {
            LOG.warn(
                    "{} cannot be used: {}. {} Calls wait and are repeated. ({}: {})",
                    redis,
                    fault.words(),
                    fault.advice(),
                    operation,
                    cause.getMessage());
        }
    }

    /**
     * A call got its answer.
     *
     * @param refusedBefore whether an earlier attempt of it failed
     */
    void succeeded(String operation, boolean refusedBefore) {
        Outage outage = current;
        if (outage != null && outage.endsWith(operation, refusedBefore)) {
            end(outage);
        }
    }

    private synchronized void end(Outage outage) {
        if (!outage.equals(current)) {
            return;
        }
        current = null;
        lastFault = outage.fault();
        lastEndNanos = System.nanoTime();
        if (outage.told()) {
            Duration away = Duration.ofNanos(lastEndNanos - outage.sinceNanos());
            LOG.info(
                    "{} can be used again after {} ({}).",
                    redis,
                    RedisUnavailableException.seconds(away),
                    outage.fault().words());
        }
    }
}
