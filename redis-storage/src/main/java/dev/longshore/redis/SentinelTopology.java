package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;

/**
 * The master that the Sentinels name. They are asked at first and after each doubt by whoever needs the master, and every few
 * seconds on a thread of their own: each that is silent takes its time, which the {@link Keeper} does not have.
 */
final class SentinelTopology implements Topology {
    private static final Logger LOG = LoggerFactory.getLogger(Redis.class);

    private final LinkFactory factory;
    private final ReentrantLock asking = new ReentrantLock();
    private final RetiredPools retired = new RetiredPools();
    private volatile @Nullable LinkPool master;
    private volatile boolean doubted = true;
    private volatile boolean closed;
    /** The Sentinel's connection on which an answer is awaited. */
    private volatile @Nullable PingableConnection asked;
    /** Begun with the next time; of whoever holds the lock. */
    private @Nullable HostAndPort answeredLast;
    /** Of the keeper's thread. */
    private @Nullable Thread checker;

    SentinelTopology(LinkFactory factory) {
        this.factory = factory;
    }

    /** No Sentinel names a master. */
    static final class NoMasterException extends JedisException {
        private static final long serialVersionUID = 1;

        NoMasterException(String message) {
            super(message);
        }
    }

    @Override
    public LinkPool pool(byte @Nullable [] key) throws InterruptedException {
        LinkPool known = master;
        if (known != null && !doubted) {
            return known;
        }
        long longest = factory.settings().callTimeout().toNanos();
        if (!asking.tryLock() && !asking.tryLock(longest, TimeUnit.NANOSECONDS)) {
            throw new JedisConnectionException("the Sentinels have not answered in time");
        }
        try {
            known = master;
            if (known != null && !doubted) {
                return known;
            }
            return follow(ask());
        } finally {
            asking.unlock();
        }
    }

    private LinkPool follow(HostAndPort named) {
        LinkPool known = master;
        if (known == null || known.isClosed() || !known.node().equals(named)) {
            if (known != null) {
                LOG.info("The Sentinels name a new master: {} after {}.", named, known.node());
                retired.add(known);
            }
            known = new LinkPool(named, factory);
            master = known;
            if (closed) {
                known.close(true);
            }
        }
        doubted = false;
        return known;
    }

    private HostAndPort ask() {
        JedisException last = null;
        int ignorant = 0;
        for (HostAndPort sentinel : sentinels()) {
            try {
                HostAndPort named = ask(sentinel);
                if (named != null) {
                    answeredLast = sentinel;
                    return named;
                }
                ignorant++;
            } catch (JedisException e) {
                if (last != null) {
                    e.addSuppressed(last);
                }
                last = e;
            }
        }
        if (last != null && ignorant == 0) {
            throw last;
        }
        throw new NoMasterException(
                "no Sentinel knows a master " + factory.settings().masterName());
    }

    /** All, in the settings' order but for the first. */
    private List<HostAndPort> sentinels() {
        List<HostAndPort> all = new ArrayList<>(factory.settings().nodes());
        HostAndPort first = answeredLast;
        if (first != null && all.remove(first)) {
            all.add(0, first);
        }
        return all;
    }

    private @Nullable HostAndPort ask(HostAndPort sentinel) {
        try (PingableConnection connection = factory.openSentinel(sentinel)) {
            return masterAddress(connection);
        } catch (JedisAccessControlException e) {
            try (PingableConnection connection = factory.openSentinelAsRedis(sentinel)) {
                return masterAddress(connection);
            }
        }
    }

    private @Nullable HostAndPort masterAddress(PingableConnection connection) {
        asked = connection;
        try {
            if (closed) {
                throw new JedisConnectionException("closed");
            }
            return answer(connection);
        } finally {
            asked = null;
        }
    }

    private @Nullable HostAndPort answer(PingableConnection connection) {
        connection.sendCommand(
                Command.SENTINEL,
                "GET-MASTER-ADDR-BY-NAME".getBytes(UTF_8),
                factory.settings().masterName().getBytes(UTF_8));
        if (connection.getOne() instanceof List<?> address
                && address.size() == 2
                && address.get(0) instanceof byte[] host
                && address.get(1) instanceof byte[] port) {
            return new HostAndPort(new String(host, UTF_8), Integer.parseInt(new String(port, UTF_8)));
        }
        return null;
    }

    @Override
    public LinkPool pool(HostAndPort node) {
        throw new IllegalStateException("no slots behind Sentinels");
    }

    @Override
    public void doubt(LinkPool pool) {
        if (pool == master) {
            doubted = true;
        }
    }

    @Override
    public boolean moved(LinkPool from, JedisMovedDataException to) {
        return false;
    }

    /** A master that is cut off from the others, but not from us, is none any more. */
    @Override
    public void check() {
        retired.forgetUnused();
        Thread last = checker;
        if (closed || master == null || doubted || (last != null && last.isAlive())) {
            return;
        }
        Thread next = new Thread(this::askAnew, "longshore-redis-sentinels");
        next.setDaemon(true);
        next.start();
        checker = next;
    }

    private void askAnew() {
        if (!asking.tryLock()) {
            return;
        }
        try {
            follow(ask());
        } catch (JedisException e) {
            LOG.debug("no Sentinel answers; the master they named is kept", e);
        } catch (RuntimeException e) {
            // This thread has no caller that could be told.
            LOG.error("Asking the Sentinels for the master failed; it is tried again.", e);
        } finally {
            asking.unlock();
        }
    }

    @Override
    public Collection<LinkPool> pools() {
        LinkPool known = master;
        return retired.and(known == null ? List.of() : List.of(known));
    }

    @Override
    public void close() {
        closed = true;
        PingableConnection open = asked;
        if (open != null) {
            open.cut();
        }
        pools().forEach(pool -> pool.close(true));
    }
}
