package dev.longshore.redis;

import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol.Command;

/** A connection on which one thread may send pings while another reads, as long as nobody else writes. */
final class PingableConnection extends Connection {
    PingableConnection(HostAndPort node, JedisClientConfig config) {
        super(node, config);
    }

    void sendPing() {
        sendCommand(Command.PING);
        flush();
    }
}
