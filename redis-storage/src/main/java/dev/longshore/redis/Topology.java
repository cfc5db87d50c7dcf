package dev.longshore.redis;

import java.util.Collection;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisMovedDataException;

/** Which node is to be asked. */
interface Topology {
    /**
     * The node for a key, or any for none. May ask other nodes for it.
     *
     * @throws redis.clients.jedis.exceptions.JedisException if those cannot be asked
     * @throws InterruptedException if interrupted while another thread asks
     */
    LinkPool pool(byte @Nullable [] key) throws InterruptedException;

    /** The node at an address that another node named. */
    LinkPool pool(HostAndPort node);

    /** The node did not answer, or not as the one asked should: another may be it by now. */
    void doubt(LinkPool pool);

    /** A node knows better who has the slot; false where there are no slots. */
    boolean moved(LinkPool from, JedisMovedDataException to);

    /** Called by the keeper every few seconds, to notice what no call does. Returns soon. */
    void check();

    /** All that are in use. */
    Collection<LinkPool> pools();

    /** No node any more. */
    void close();
}
