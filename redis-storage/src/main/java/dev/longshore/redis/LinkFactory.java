package dev.longshore.redis;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisCredentials;
import redis.clients.jedis.exceptions.JedisDataException;

/** Opens connections: TCP, TLS, credentials, name and database. */
final class LinkFactory {
    private static final byte[] MASTER = {'m', 'a', 's', 't', 'e', 'r'};

    private final RedisSettings settings;

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
    Connection openSentinel(HostAndPort sentinel) {
        Credentials own = settings.sentinelCredentials();
        return open(sentinel, timeoutMillis(), own != null ? own : new Credentials(null, null, null), 0);
    }

    /** As {@link #openSentinel}, with Redis' own credentials: for a Sentinel that insists on some. */
    Connection openSentinelAsRedis(HostAndPort sentinel) {
        return open(sentinel, timeoutMillis(), settings.credentials(), 0);
    }

    /** How long one of several nodes is asked for what another knows as well, in milliseconds. */
    int timeoutMillis() {
        return (int) Math.min(
                settings.connectTimeout().toMillis(), settings.callTimeout().toMillis());
    }

    // What Jedis has in their place takes key stores from files only, and no PEM.
    @SuppressWarnings("deprecation")
    private PingableConnection open(HostAndPort node, int answerTimeoutMillis, Credentials credentials, int database) {
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                .autoNegotiateProtocol(false)
                .connectionTimeoutMillis((int) settings.connectTimeout().toMillis())
                .socketTimeoutMillis(answerTimeoutMillis)
                .clientName(settings.clientName())
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
                .database(database);
        Tls tls = settings.tls();
        if (tls != null) {
            SSLParameters parameters = new SSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            try {
                config.ssl(true).sslSocketFactory(tls.socketFactory()).sslParameters(parameters);
            } catch (Tls.UnusableException e) {
                throw new UnusableSettingsException(e.getMessage(), e);
            }
        }
        RedisCredentials read = read(credentials);
        if (read != null) {
            config.credentials(read);
        }
        return new PingableConnection(node, config.build());
    }

    private static @Nullable RedisCredentials read(Credentials credentials) {
        try {
            return credentials.read();
        } catch (IOException e) {
            throw new UnusableSettingsException("the password file cannot be read: " + e.getMessage(), e);
        }
    }

    /** After a failover, the old master may come back as what it was for a moment. */
    private static void requireMaster(Connection connection) {
        boolean master = false;
        try {
            connection.sendCommand(Command.ROLE);
            master = connection.getOne() instanceof List<?> role
                    && !role.isEmpty()
                    && role.get(0) instanceof byte[] name
                    && Arrays.equals(name, MASTER);
        } finally {
            if (!master) {
                connection.disconnect();
            }
        }
        if (!master) {
            throw new JedisDataException("READONLY the Sentinels' master says that it is a replica");
        }
    }
}
