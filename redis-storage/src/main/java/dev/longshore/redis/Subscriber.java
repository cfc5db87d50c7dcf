package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;

/**
 * A subscription's thread: connects, listens, and does so again when the connection breaks. The {@link Keeper} pings over
 * it, so that one that leads nowhere is noticed by its silence.
 *
 * <p>It listens to the channel both ways, as an ordinary and as a sharded one, which no server before Redis 7 has: whoever
 * publishes need not know which of them it is.
 */
final class Subscriber implements RedisSubscription, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Redis.class);
    private static final AtomicInteger NUMBER = new AtomicInteger();
    /** More than three pings: one may be late, three are not. */
    private static final int SILENCE_MILLIS = 8_000;

    /** One that listened this long has not failed to: the next is made at once. */
    private static final long GOOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final String OPERATION = "subscription";

    private final Redis redis;
    private final byte[] channel;
    private final RedisListener listener;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable PingableConnection connection;
    /** Of the node that it listens at. */
    private volatile @Nullable LinkPool source;

    private volatile boolean listening;
    private boolean warned;

    Subscriber(Redis redis, byte[] channel, RedisListener listener) {
        this.redis = redis;
        this.channel = channel;
        this.listener = listener;
        this.thread = new Thread(this, "longshore-redis-subscription-" + NUMBER.incrementAndGet());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    @Override
    public void run() {
        Backoff backoff = null;
        while (!isClosed()) {
            long begun = System.nanoTime();
            LinkPool pool = null;
            try {
                pool = redis.topology().pool(channel);
                listenAt(pool, backoff != null);
            } catch (InterruptedException e) {
                // Nobody else has this thread; whoever found it wants it to end.
                close();
            } catch (JedisException e) {
                boolean wasGood = listening && System.nanoTime() - begun > GOOD_NANOS;
                failed(pool, e);
                if (wasGood) {
                    backoff = null;
                } else {
                    backoff = backoff == null ? new Backoff(redis.settings()) : backoff;
                    pause(backoff);
                }
            } catch (RuntimeException | Error e) {
                // Without this thread nobody here would hear of anything any more.
                LOG.error("Listening to {} failed; it is tried again.", name(), e);
                backoff = backoff == null ? new Backoff(redis.settings()) : backoff;
                pause(backoff);
            } finally {
                listening = false;
            }
        }
        redis.forget(this);
    }

    private void listenAt(LinkPool pool, boolean failedBefore) {
        try (PingableConnection opened = redis.factory().open(pool.node(), SILENCE_MILLIS)) {
            source = pool;
            connection = opened;
            subscribe(opened);
            listening = true;
            redis.outages().succeeded(OPERATION, failedBefore);
            tell(listener::resubscribed);
            listen(opened);
        } finally {
            connection = null;
        }
    }

    private void failed(@Nullable LinkPool pool, JedisException e) {
        if (isClosed()) {
            return;
        }
        if (pool != null) {
            if (e instanceof JedisMovedDataException moved && redis.topology().moved(pool, moved)) {
                return;
            }
            redis.topology().doubt(pool);
        }
        if (listening) {
            LOG.debug("the subscription's connection ended; a new one is made", e);
        } else {
            RedisFault fault = FaultReader.read(e);
            redis.outages().failed(fault == null ? RedisFault.CONFIGURATION : fault, OPERATION, e);
        }
    }

    private void pause(Backoff backoff) {
        try {
            closed.await(backoff.nextNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            close();
        }
    }

    private void subscribe(PingableConnection opened) {
        opened.sendCommand(Command.SUBSCRIBE, channel);
        opened.sendCommand(Command.SSUBSCRIBE, channel);
        opened.getOne();
        try {
            opened.getOne();
        } catch (JedisMovedDataException e) {
            throw e;
        } catch (JedisDataException e) {
            if (FaultReader.read(e) != null && !warned) {
                warned = true;
                LOG.warn("Redis refuses SSUBSCRIBE, so that messages may come late: {}", e.getMessage());
            }
            LOG.debug("no sharded channels here: {}", e.getMessage());
        }
    }

    private void listen(PingableConnection opened) {
        while (!isClosed()) {
            if (!(opened.getUnflushedObject() instanceof List<?> parts)
                    || !(parts.get(0) instanceof byte[] kindBytes)) {
                continue;
            }
            switch (new String(kindBytes, US_ASCII)) {
                case "message", "smessage" -> {
                    if (parts.get(2) instanceof byte[] payload) {
                        tell(() -> listener.message(payload));
                    }
                }
                // The slot moves to another node.
                case "sunsubscribe", "unsubscribe" ->
                    throw new JedisConnectionException("Redis ended the subscription");
                default -> {
                    // An answer to a ping: that it came is all it says.
                }
            }
        }
    }

    private void tell(Runnable news) {
        if (isClosed()) {
            return;
        }
        try {
            news.run();
        } catch (RuntimeException | Error e) {
            LOG.error("The listener to {} failed; it is told the next message all the same.", name(), e);
        }
    }

    private String name() {
        return new String(channel, UTF_8);
    }

    /** Called by the keeper only. The subscription's own thread writes nothing once it listens. */
    void ping() {
        PingableConnection opened = connection;
        LinkPool node = source;
        if (opened == null || node == null || !listening) {
            return;
        }
        if (node.isClosed()) {
            // Another node is in its place, though this one may still answer, and nobody publishes here any more.
            opened.cut();
            return;
        }
        try {
            opened.sendPing();
        } catch (JedisException e) {
            LOG.debug("the subscription's connection is broken, as its reader will find", e);
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    @Override
    public void close() {
        closed.countDown();
        PingableConnection opened = connection;
        if (opened != null) {
            opened.cut();
        }
        redis.forget(this);
    }
}
