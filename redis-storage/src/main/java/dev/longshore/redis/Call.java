package dev.longshore.redis;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisAskDataException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * One call: tried until Redis answers or the caller's patience ends. The first attempt is made whatever happened to others:
 * nothing but an attempt shows that Redis is back.
 */
final class Call {
    /** As long as a cluster's nodes send us from one to the next, no pause is needed; but they may do so in a circle. */
    private static final int MOST_REDIRECTIONS = 8;
    /** A last attempt gets this long at least, or its failure would tell of nothing but its haste. */
    private static final long LEAST_ATTEMPT_NANOS = 100_000_000;

    private final Redis redis;
    private final String operation;
    private final byte @Nullable [] key;
    private final Exchange exchange;
    private @Nullable Patience patience;

    private final long startNanos = System.nanoTime();
    private int attempts;
    private int redirections;
    private boolean repeatedAtOnce;
    private @Nullable Backoff backoff;
    /** The node a cluster wants this call asked of, once. */
    private @Nullable HostAndPort ask;
    /** The link on which the last attempt failed; null if it had none. */
    private @Nullable Link failedLink;

    Call(Redis redis, String operation, byte @Nullable [] key, Exchange exchange, @Nullable Patience patience) {
        this.redis = redis;
        this.operation = operation;
        this.key = key;
        this.exchange = exchange;
        this.patience = patience;
    }

    /**
     * Returns the answer.
     *
     * @throws RedisUnavailableException if Redis cannot be used
     * @throws JedisDataException if Redis answers with an error that is the caller's own
     */
    Object run() {
        while (true) {
            LinkPool pool = null;
            try {
                if (redis.isClosed()) {
                    throw unavailable(RedisFault.CLOSED, null);
                }
                attempts++;
                failedLink = null;
                HostAndPort asked = ask;
                ask = null;
                pool = asked == null
                        ? redis.topology().pool(key)
                        : redis.topology().pool(asked);
                Object answer = attempt(pool, asked != null);
                redis.outages().succeeded(operation, backoff != null);
                return answer;
            } catch (JedisRedirectionException e) {
                redirect(pool, e);
            } catch (JedisException e) {
                recover(pool, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw unavailable(RedisFault.INTERRUPTED, null);
            }
        }
    }

    private Object attempt(LinkPool pool, boolean asking) throws InterruptedException {
        long left = backoff == null ? Long.MAX_VALUE : Math.max(LEAST_ATTEMPT_NANOS, leftNanos());
        Link link = pool.borrow(Math.min(redis.settings().callTimeout().toNanos(), left));
        if (link == null) {
            throw new PoolExhaustedException(redis.settings());
        }
        boolean aligned = false;
        try {
            if (backoff != null) {
                link.limit(left);
            }
            Object answer = exchange.over(link, asking);
            aligned = true;
            return answer;
        } catch (JedisDataException e) {
            aligned = true;
            throw e;
        } catch (JedisException e) {
            failedLink = link;
            throw e;
        } finally {
            try {
                if (!aligned) {
                    link.cut(RedisFault.LOST);
                } else if (backoff != null) {
                    // Also after an error: whoever has the link next has all the time of a call.
                    link.unlimit();
                }
            } finally {
                link.pool().giveBack(link);
            }
        }
    }

    private long leftNanos() {
        return patience().leftNanos(System.nanoTime() - startNanos);
    }

    private Patience patience() {
        if (patience == null) {
            patience = Patience.of(Thread.currentThread(), redis.settings().patience());
        }
        return patience;
    }

    private void redirect(@Nullable LinkPool pool, JedisRedirectionException e) {
        boolean followed = false;
        if (e instanceof JedisMovedDataException moved && pool != null) {
            followed = redis.topology().moved(pool, moved);
        } else if (e instanceof JedisAskDataException && redis.settings().kind() == RedisUrl.Kind.CLUSTER) {
            ask = e.getTargetNode();
            followed = true;
        }
        if (!followed || ++redirections > MOST_REDIRECTIONS) {
            ask = null;
            redirections = 0;
            pauseOrGiveUp(followed ? RedisFault.TRY_AGAIN : RedisFault.CONFIGURATION, e);
        }
    }

    private void recover(@Nullable LinkPool pool, JedisException e) {
        RedisFault fault = fault(e);
        if (fault == null) {
            throw e;
        }
        Link link = failedLink;
        // A link that was cut because its own thread was interrupted says nothing of Redis.
        if (pool != null && fault != RedisFault.INTERRUPTED) {
            redis.topology().doubt(pool);
            if (link != null) {
                pool.suspect(link.generation());
            } else if (fault == RedisFault.READ_ONLY) {
                // The name may lead to another by now, which only new connections find out.
                pool.suspect(pool.generation());
            }
        }
        // A link that lay idle tells only when used that it has died; that Redis is away, a new one tells.
        if (fault == RedisFault.LOST && link != null && link.wasUsed() && !repeatedAtOnce) {
            repeatedAtOnce = true;
            return;
        }
        pauseOrGiveUp(fault, e);
    }

    private @Nullable RedisFault fault(JedisException e) {
        if (redis.isClosed()) {
            return RedisFault.CLOSED;
        }
        Link link = failedLink;
        RedisFault cut = link == null ? null : link.cutFor();
        if (cut == RedisFault.INTERRUPTED && !Thread.currentThread().isInterrupted()) {
            return RedisFault.LOST;
        }
        if (cut == RedisFault.INTERRUPTED || cut == RedisFault.TIMEOUT) {
            return cut;
        }
        if (e instanceof PoolExhaustedException) {
            // All of them wait for the same.
            RedisFault known = redis.outages().current();
            return known != null ? known : RedisFault.POOL_EXHAUSTED;
        }
        return FaultReader.read(e);
    }

    private void pauseOrGiveUp(RedisFault fault, JedisException e) {
        long left = leftNanos();
        if (!patience().outlasts(fault) || left <= 0) {
            throw unavailable(fault, e);
        }
        redis.outages().failed(fault, operation, e);
        if (backoff == null) {
            backoff = new Backoff(redis.settings());
        }
        try {
            if (redis.pause(Math.min(backoff.nextNanos(), left))) {
                throw unavailable(RedisFault.CLOSED, e);
            }
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw unavailable(RedisFault.INTERRUPTED, e);
        }
    }

    private RedisUnavailableException unavailable(RedisFault fault, @Nullable Throwable cause) {
        Duration waited = Duration.ofNanos(System.nanoTime() - startNanos);
        return new RedisUnavailableException("Redis at " + redis.settings(), fault, operation, attempts, waited, cause);
    }

    /** No connection became free in the time of a call. */
    static final class PoolExhaustedException extends JedisConnectionException {
        private static final long serialVersionUID = 1;

        PoolExhaustedException(RedisSettings settings) {
            super("none of " + settings.poolSize() + " connections became free in time");
        }
    }
}
