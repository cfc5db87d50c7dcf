package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;
import redis.clients.jedis.util.JedisClusterCRC16;

/** The nodes of a cluster by the slots they serve. The map is asked for at first and after each doubt; MOVED corrects it. */
final class ClusterTopology implements Topology {
    private static final int SLOTS = 16_384;

    private final LinkFactory factory;
    private final ReentrantLock asking = new ReentrantLock();
    private final Map<HostAndPort, LinkPool> pools = new ConcurrentHashMap<>();
    private final RetiredPools retired = new RetiredPools();
    private volatile @Nullable HostAndPort[] owners = new HostAndPort[SLOTS];
    private volatile boolean doubted = true;
    private volatile boolean closed;

    ClusterTopology(LinkFactory factory) {
        this.factory = factory;
    }

    @Override
    public LinkPool pool(byte @Nullable [] key) throws InterruptedException {
        if (doubted) {
            learn();
        }
        if (key == null) {
            return pool(anyMaster());
        }
        HostAndPort owner = owners[JedisClusterCRC16.getSlot(key)];
        if (owner == null) {
            doubted = true;
            throw new JedisConnectionException("CLUSTERDOWN no node serves the keys' slot");
        }
        return pool(owner);
    }

    private HostAndPort anyMaster() {
        for (HostAndPort owner : owners) {
            if (owner != null) {
                return owner;
            }
        }
        return factory.settings().nodes().get(0);
    }

    @Override
    public LinkPool pool(HostAndPort node) {
        LinkPool known = pools.get(node);
        if (known == null || known.isClosed()) {
            known = pools.compute(
                    node, (same, old) -> old == null || old.isClosed() ? new LinkPool(same, factory) : old);
            if (closed) {
                known.close(true);
            }
        }
        return known;
    }

    private void learn() throws InterruptedException {
        long longest = factory.settings().callTimeout().toNanos();
        if (!asking.tryLock() && !asking.tryLock(longest, TimeUnit.NANOSECONDS)) {
            throw new JedisConnectionException("no node has told the cluster's slots in time");
        }
        try {
            if (doubted) {
                learnFrom(known());
            }
        } finally {
            asking.unlock();
        }
    }

    /** Those of the map first, in any order, since a node that is not asked always is not missed when it dies. */
    private List<HostAndPort> known() {
        List<HostAndPort> nodes = new ArrayList<>(pools.keySet());
        Collections.shuffle(nodes);
        Set<HostAndPort> known = new LinkedHashSet<>(nodes);
        known.addAll(factory.settings().nodes());
        return List.copyOf(known);
    }

    private void learnFrom(List<HostAndPort> nodes) {
        JedisException last = null;
        for (HostAndPort node : nodes) {
            try (PingableConnection connection = factory.open(node, factory.timeoutMillis())) {
                connection.sendCommand(Command.CLUSTER, "SLOTS");
                if (connection.getOne() instanceof List<?> ranges && take(node, ranges)) {
                    return;
                }
            } catch (JedisException e) {
                if (last != null) {
                    e.addSuppressed(last);
                }
                last = e;
            }
        }
        throw last != null ? last : new JedisConnectionException("CLUSTERDOWN no node knows who serves which slot");
    }

    private boolean take(HostAndPort asked, List<?> ranges) {
        HostAndPort[] learnt = new HostAndPort[SLOTS];
        Set<HostAndPort> inUse = new HashSet<>();
        for (Object range : ranges) {
            if (range instanceof List<?> parts
                    && parts.size() >= 3
                    && parts.get(0) instanceof Long first
                    && parts.get(1) instanceof Long last
                    && parts.get(2) instanceof List<?> master) {
                HostAndPort owner = node(asked, master);
                inUse.add(owner);
                for (long slot = first; slot <= last && slot < SLOTS; slot++) {
                    learnt[(int) slot] = owner;
                }
            }
        }
        if (inUse.isEmpty()) {
            return false;
        }
        owners = learnt;
        doubted = false;
        pools.forEach((node, pool) -> {
            if (!inUse.contains(node) && pools.remove(node, pool)) {
                retired.add(pool);
            }
        });
        return true;
    }

    /** A node that does not know its own name leaves it out: it is where it was asked. */
    private static HostAndPort node(HostAndPort asked, List<?> parts) {
        String host = parts.get(0) instanceof byte[] name ? new String(name, UTF_8) : "";
        int port = parts.get(1) instanceof Long number ? number.intValue() : asked.getPort();
        return new HostAndPort(host.isEmpty() || host.equals("?") ? asked.getHost() : host, port);
    }

    @Override
    public void doubt(LinkPool pool) {
        doubted = true;
    }

    @Override
    public boolean moved(LinkPool from, JedisMovedDataException to) {
        HostAndPort target = to.getTargetNode();
        String host = target.getHost().isEmpty() ? from.node().getHost() : target.getHost();
        // A lost write is no harm: the next call is told again.
        owners[to.getSlot()] = new HostAndPort(host, target.getPort());
        return true;
    }

    @Override
    public void check() {
        retired.forgetUnused();
        // A node that has lost its slots says so to whoever asks it.
    }

    @Override
    public Collection<LinkPool> pools() {
        return retired.and(pools.values());
    }

    @Override
    public void close() {
        closed = true;
        pools().forEach(pool -> pool.close(true));
    }
}
