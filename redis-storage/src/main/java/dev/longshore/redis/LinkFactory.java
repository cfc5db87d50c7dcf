package dev.longshore.redis;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisCredentials;
import redis.clients.jedis.exceptions.JedisDataException;

/** Opens connections: TCP, TLS, credentials, name and database. */
final class LinkFactory {
    private static final byte[] MASTER = {'m', 'a', 's', 't', 'e', 'r'};

    private final RedisSettings settings;
    private final Set<Opening> openings = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    LinkFactory(RedisSettings settings) {
        this.settings = settings;
    }

    RedisSettings settings() {
        return settings;
    }

    /**
     * Opens a connection to a Redis that holds data.
     *
     * @throws redis.clients.jedis.exceptions.JedisException if Redis is not there or does not want us
     */
    PingableConnection open(HostAndPort node, int answerTimeoutMillis) {
        PingableConnection connection = open(node, answerTimeoutMillis, settings.credentials(), settings.database());
        if (settings.kind() == RedisUrl.Kind.SENTINEL) {
            requireMaster(connection);
        }
        return connection;
    }

    /** Opens a connection to a Sentinel. */
    PingableConnection openSentinel(HostAndPort sentinel) {
        Credentials own = settings.sentinelCredentials();
        return open(sentinel, timeoutMillis(), own != null ? own : new Credentials(null, null, null), 0);
    }

    /** As {@link #openSentinel}, with Redis' own credentials: for a Sentinel that insists on some. */
    PingableConnection openSentinelAsRedis(HostAndPort sentinel) {
        return open(sentinel, timeoutMillis(), settings.credentials(), 0);
    }

    /** How long one of several nodes is asked for what another knows as well, in milliseconds. */
    int timeoutMillis() {
        return (int) Math.min(
                settings.connectTimeout().toMillis(), settings.callTimeout().toMillis());
    }

    private PingableConnection open(HostAndPort node, int answerTimeoutMillis, Credentials credentials, int database) {
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                .autoNegotiateProtocol(false)
                .socketTimeoutMillis(timeoutMillis())
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
                .database(database);
        RedisCredentials read = read(credentials);
        if (read != null) {
            config.credentials(read);
        }
        Opening way =
                new Opening(node, tlsSockets(), (int) settings.connectTimeout().toMillis());
        openings.add(way);
        boolean opened = false;
        try {
            if (closed) {
                way.cut();
            }
            PingableConnection connection = new PingableConnection(way, config.build());
            introduce(connection);
            connection.setSoTimeout(answerTimeoutMillis);
            opened = true;
            return connection;
        } finally {
            openings.remove(way);
            if (!opened) {
                way.cut();
            }
        }
    }

    /** Not left to Jedis, which takes no notice of the answer: Redis may have said why it hangs up. */
    private void introduce(PingableConnection connection) {
        connection.sendCommand(Command.CLIENT, "SETNAME", settings.clientName());
        try {
            connection.getOne();
        } catch (JedisDataException e) {
            RedisFault fault = FaultReader.read(e);
            if (fault != null && fault != RedisFault.PERMISSION) {
                throw e;
            }
        }
    }

    private @Nullable SSLSocketFactory tlsSockets() {
        Tls tls = settings.tls();
        try {
            return tls == null ? null : tls.socketFactory();
        } catch (Tls.UnusableException e) {
            throw new UnusableSettingsException(e.getMessage(), e);
        }
    }

    /** Ends attempts to connect whose threads somebody has interrupted. */
    void tend(long nowNanos, long interruptedNanos) {
        openings.forEach(way -> way.cutIfInterrupted(nowNanos, interruptedNanos));
    }

    /** Ends all attempts to connect, those to come as well. */
    void close() {
        closed = true;
        openings.forEach(Opening::cut);
    }

    private static @Nullable RedisCredentials read(Credentials credentials) {
        try {
            return credentials.read();
        } catch (IOException e) {
            throw new UnusableSettingsException("the password file cannot be read: " + e.getMessage(), e);
        }
    }

    /** After a failover, the old master may come back as what it was for a moment. */
    private static void requireMaster(PingableConnection connection) {
        boolean master = false;
        try {
            connection.sendCommand(Command.ROLE);
            master = connection.getOne() instanceof List<?> role
                    && !role.isEmpty()
                    && role.get(0) instanceof byte[] name
                    && Arrays.equals(name, MASTER);
        } finally {
            if (!master) {
                connection.cut();
            }
        }
        if (!master) {
            throw new JedisDataException("READONLY the Sentinels' master says that it is a replica");
        }
    }
}
