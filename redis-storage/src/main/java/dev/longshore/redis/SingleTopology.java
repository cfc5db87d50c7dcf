package dev.longshore.redis;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisMovedDataException;

/** One Redis at one address. */
final class SingleTopology implements Topology {
    private final LinkPool pool;

    SingleTopology(LinkFactory factory) {
        this.pool = new LinkPool(factory.settings().nodes().get(0), factory);
    }

    @Override
    public LinkPool pool(byte @Nullable [] key) {
        return pool;
    }

    @Override
    public LinkPool pool(HostAndPort node) {
        return pool;
    }

    @Override
    public void doubt(LinkPool doubted) {
        // There is no other.
    }

    @Override
    public boolean moved(LinkPool from, JedisMovedDataException to) {
        return false;
    }

    @Override
    public void check() {
        // It is where it is.
    }

    @Override
    public Collection<LinkPool> pools() {
        return List.of(pool);
    }

    @Override
    public void close() {
        pool.close(true);
    }
}
