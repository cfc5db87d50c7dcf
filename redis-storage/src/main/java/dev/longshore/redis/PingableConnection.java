package dev.longshore.redis;

import redis.clients.jedis.Connection;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol.Command;

/**
 * A connection that another thread may cut; and over which one thread may send pings while another reads, as long as nobody
 * else writes.
 */
final class PingableConnection extends Connection {
    private final Opening opening;

    PingableConnection(Opening opening, JedisClientConfig config) {
        super(opening, config);
        this.opening = opening;
    }

    void sendPing() {
        sendCommand(Command.PING);
        flush();
    }

    /** Ends it under whoever uses it. */
    void cut() {
        setBroken();
        opening.cut();
    }
}
