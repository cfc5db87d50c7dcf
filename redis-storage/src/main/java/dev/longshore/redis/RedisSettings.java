package dev.longshore.redis;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;

/**
 * Where Redis is, and how it is spoken to. Immutable; never shows a password.
 *
 * <p>URLs: {@code redis://[user[:password]@]host[:port][/database]}; {@code rediss://} with TLS;
 * {@code redis-sentinel://[user:password@]host:port,host:port/masterName[/database]} and
 * {@code redis-cluster://[user:password@]host:port,host:port}, with {@code rediss-…} for TLS too. The credentials are those
 * of Redis itself.
 */
public final class RedisSettings {
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(3);
    public static final Duration DEFAULT_CALL_TIMEOUT = Duration.ofSeconds(10);
    public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(30);
    public static final Duration DEFAULT_FIRST_BACKOFF = Duration.ofMillis(20);
    public static final Duration DEFAULT_LONGEST_BACKOFF = Duration.ofSeconds(1);
    public static final int DEFAULT_POOL_SIZE = 16;
    public static final String DEFAULT_CLIENT_NAME = "longshore";

    private final RedisUrl.Kind kind;
    private final List<HostAndPort> nodes;
    private final String masterName;
    private final int database;
    private final Credentials credentials;
    private final @Nullable Credentials sentinelCredentials;
    private final @Nullable Tls tls;
    private final Duration connectTimeout;
    private final Duration callTimeout;
    private final Duration patience;
    private final Duration firstBackoff;
    private final Duration longestBackoff;
    private final int poolSize;
    private final String clientName;

    private RedisSettings(Builder builder, RedisUrl url, Credentials credentials, @Nullable Tls tls) {
        this.kind = url.kind;
        this.nodes = List.copyOf(url.nodes);
        this.masterName = url.masterName;
        this.database = url.database;
        this.credentials = credentials;
        this.sentinelCredentials = builder.sentinelPassword == null
                ? null
                : new Credentials(builder.sentinelUser, builder.sentinelPassword, null);
        this.tls = tls;
        this.connectTimeout = builder.connectTimeout;
        this.callTimeout = builder.callTimeout;
        this.patience = builder.patience;
        this.firstBackoff = builder.firstBackoff;
        this.longestBackoff = builder.longestBackoff;
        this.poolSize = builder.poolSize;
        this.clientName = builder.clientName;
    }

    /**
     * The settings of a URL, with the defaults for what a URL does not say.
     *
     * @throws IllegalArgumentException if the URL is not right; the message names all that is wrong with it
     */
    public static RedisSettings of(String url) {
        return builder(url).build();
    }

    public static Builder builder(String url) {
        return new Builder(url);
    }

    RedisUrl.Kind kind() {
        return kind;
    }

    List<HostAndPort> nodes() {
        return nodes;
    }

    String masterName() {
        return masterName;
    }

    int database() {
        return database;
    }

    Credentials credentials() {
        return credentials;
    }

    @Nullable Credentials sentinelCredentials() {
        return sentinelCredentials;
    }

    @Nullable Tls tls() {
        return tls;
    }

    String clientName() {
        return clientName;
    }

    public Duration connectTimeout() {
        return connectTimeout;
    }

    public Duration callTimeout() {
        return callTimeout;
    }

    public Duration patience() {
        return patience;
    }

    public Duration firstBackoff() {
        return firstBackoff;
    }

    public Duration longestBackoff() {
        return longestBackoff;
    }

    public int poolSize() {
        return poolSize;
    }

    /** The URL without its credentials. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(tls == null ? "redis" : "rediss");
        text.append(
                switch (kind) {
                    case SERVER -> "://";
                    case SENTINEL -> "-sentinel://";
                    case CLUSTER -> "-cluster://";
                });
        for (int i = 0; i < nodes.size(); i++) {
            HostAndPort node = nodes.get(i);
            String host = node.getHost().indexOf(':') < 0 ? node.getHost() : "[" + node.getHost() + "]";
            text.append(i == 0 ? "" : ",").append(host).append(':').append(node.getPort());
        }
        text.append(kind == RedisUrl.Kind.SENTINEL ? "/" + masterName : "");
        return text.append(database > 0 ? "/" + database : "").toString();
    }

    /** Gathers settings; {@link #build} checks them all at once. */
    public static final class Builder {
        private final String url;
        private @Nullable String user;
        private @Nullable String password;
        private @Nullable Path passwordFile;
        private @Nullable String sentinelUser;
        private @Nullable String sentinelPassword;
        private @Nullable Path caCertificates;
        private @Nullable Path clientCertificate;
        private @Nullable Path clientKey;
        private Duration connectTimeout = DEFAULT_CONNECT_TIMEOUT;
        private Duration callTimeout = DEFAULT_CALL_TIMEOUT;
        private Duration patience = DEFAULT_PATIENCE;
        private Duration firstBackoff = DEFAULT_FIRST_BACKOFF;
        private Duration longestBackoff = DEFAULT_LONGEST_BACKOFF;
        private int poolSize = DEFAULT_POOL_SIZE;
        private String clientName = DEFAULT_CLIENT_NAME;

        private Builder(String url) {
            this.url = url;
        }

        /** The ACL user, in place of the URL's. */
        public Builder user(String name) {
            this.user = name;
            return this;
        }

        /** The password, in place of the URL's. */
        public Builder password(String secret) {
            this.password = secret;
            return this;
        }

        /** A file that holds the password, read anew for each connection; a line end after it does not count. */
        public Builder passwordFile(Path file) {
            this.passwordFile = file;
            return this;
        }

        /**
         * What the Sentinels themselves ask for. Without it they are asked without credentials, and with those of Redis where
         * they insist.
         */
        public Builder sentinelCredentials(@Nullable String name, String secret) {
            this.sentinelUser = name;
            this.sentinelPassword = secret;
            return this;
        }

        /** A PEM file with the certificates that Redis' own may be signed by, instead of the ones Java trusts. */
        public Builder caCertificates(Path pemFile) {
            this.caCertificates = pemFile;
            return this;
        }

        /** The certificate to show to Redis, which asks for one unless {@code tls-auth-clients} is off. */
        public Builder clientCertificate(Path certificatePemFile, Path pkcs8KeyPemFile) {
            this.clientCertificate = certificatePemFile;
            this.clientKey = pkcs8KeyPemFile;
            return this;
        }

        /** How long making a connection may take. */
        public Builder connectTimeout(Duration timeout) {
            this.connectTimeout = timeout;
            return this;
        }

        /** How long one answer of Redis may take, and how long a call waits for a free connection. */
        public Builder callTimeout(Duration timeout) {
            this.callTimeout = timeout;
            return this;
        }

        /** How long a call is repeated while Redis is away; the threads of JobRunr's server wait as long as it takes. */
        public Builder patience(Duration duration) {
            this.patience = duration;
            return this;
        }

        /** The longest pause after a first failed attempt, which doubles with each, and what it does not exceed. */
        public Builder backoff(Duration first, Duration longest) {
            this.firstBackoff = first;
            this.longestBackoff = longest;
            return this;
        }

        /** The largest number of connections, to each node of a cluster; one more for each subscription. */
        public Builder poolSize(int connections) {
            this.poolSize = connections;
            return this;
        }

        /** The name that CLIENT LIST shows. */
        public Builder clientName(String name) {
            this.clientName = name;
            return this;
        }

        /**
         * Checks all that was set.
         *
         * @throws IllegalArgumentException naming all that is wrong, and no secret
         */
        public RedisSettings build() {
            List<String> faults = new ArrayList<>();
            RedisUrl parsed = RedisUrl.parse(url, faults);
            if (!faults.isEmpty()) {
                faults.set(0, "the Redis URL is not right: " + faults.get(0));
            }
            Credentials credentials = credentials(parsed, faults);
            between("the connect timeout", connectTimeout, Duration.ofMillis(1), faults);
            between("the call timeout", callTimeout, Duration.ofMillis(1), faults);
            between("the patience", patience, Duration.ZERO, faults);
            between("the first backoff", firstBackoff, Duration.ofMillis(1), faults);
            between("the longest backoff", longestBackoff, firstBackoff, faults);
            if (poolSize < 1 || poolSize > 10_000) {
                faults.add("the pool's size is not from 1 to 10000: " + poolSize);
            }
            if (clientName.isEmpty() || !clientName.chars().allMatch(c -> c >= '!' && c <= '~')) {
                faults.add("the client's name is empty, or has signs other than '!' to '~'");
            }
            Tls tls = tls(parsed, faults);
            if (!faults.isEmpty()) {
                throw new IllegalArgumentException(String.join("; ", faults));
            }
            return new RedisSettings(this, parsed, credentials, tls);
        }

        private Credentials credentials(RedisUrl parsed, List<String> faults) {
            String name = user != null ? user : parsed.user;
            String secret = password != null ? password : parsed.password;
            if (passwordFile != null && secret != null) {
                faults.add("the password is given twice, by a file and by the URL or a setting");
            } else if (passwordFile != null && !Files.isReadable(passwordFile)) {
                faults.add("the password file cannot be read: " + passwordFile);
            }
            if (name != null && secret == null && passwordFile == null) {
                faults.add("a user is given, but no password");
            }
            return new Credentials(name, secret, passwordFile);
        }

        private @Nullable Tls tls(RedisUrl parsed, List<String> faults) {
            if (!parsed.tls) {
                if (caCertificates != null || clientCertificate != null) {
                    faults.add("certificates are given, but the URL is not one of rediss://");
                }
                return null;
            }
            Tls tls = new Tls(caCertificates, clientCertificate, clientKey);
            try {
                tls.socketFactory();
            } catch (Tls.UnusableException e) {
                faults.add(e.getMessage());
            }
            return tls;
        }

        private static void between(String what, Duration duration, Duration least, List<String> faults) {
            // Beyond a day, milliseconds no longer fit what a socket takes, and nobody means it.
            if (duration.compareTo(least) < 0 || duration.compareTo(Duration.ofDays(1)) > 0) {
                faults.add(what + " is not from " + least.toMillis() + " ms to a day: " + duration);
            }
        }
    }
}
