package dev.longshore.redis;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a {@link Redis} besides those of its subscriptions and the one that asks Sentinels: ends calls that take
 * too long, closes idle connections, pings subscriptions and has it looked whether a failover has passed unnoticed.
 */
final class Keeper implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Redis.class);
    private static final long TICK_MILLIS = 200;
    private static final long PING_NANOS = TimeUnit.MILLISECONDS.toNanos(2_500);
    private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** An answer usually comes, and is worth this much waiting even to one who was told to stop. */
    private static final long INTERRUPTED_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final LinkFactory factory;
    private final Topology topology;
    private final CountDownLatch closed;
    private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();

    Keeper(LinkFactory factory, Topology topology, CountDownLatch closed) {
        this.factory = factory;
        this.topology = topology;
        this.closed = closed;
    }

    void start() {
        Thread thread = new Thread(this, "longshore-redis-keeper");
        thread.setDaemon(true);
        thread.start();
    }

    void add(Subscriber subscriber) {
        subscribers.add(subscriber);
    }

    void remove(Subscriber subscriber) {
        subscribers.remove(subscriber);
    }

    @Override
    public void run() {
        long pinged = System.nanoTime();
        long checked = pinged;
        try {
            while (!closed.await(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
                long now = System.nanoTime();
                boolean ping = now - pinged > PING_NANOS;
                boolean check = now - checked > CHECK_NANOS;
                pinged = ping ? now : pinged;
                checked = check ? now : checked;
                try {
                    tend(now, ping, check);
                } catch (RuntimeException | Error e) {
                    // Whatever it is: without this thread no call would have a deadline any more.
                    LOG.error("Looking after the connections to Redis failed; it is tried again.", e);
                }
            }
        } catch (InterruptedException e) {
            // Nobody has this thread to interrupt it; whoever found it wants it to end.
            Thread.currentThread().interrupt();
        }
    }

    private void tend(long now, boolean ping, boolean check) {
        factory.tend(now, INTERRUPTED_NANOS);
        for (LinkPool pool : topology.pools()) {
            pool.tend(now, INTERRUPTED_NANOS);
        }
        if (ping) {
            subscribers.forEach(Subscriber::ping);
        }
        if (check) {
            topology.check();
        }
    }
}
