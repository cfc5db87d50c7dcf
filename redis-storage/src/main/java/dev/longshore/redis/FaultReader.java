package dev.longshore.redis;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/** Reads from what Jedis threw which {@link RedisFault} it was. */
final class FaultReader {
    /** The error codes Redis begins an answer with; inside an older Redis' script error, they follow a dash. */
    private static final Map<String, RedisFault> CODES = Map.ofEntries(
            Map.entry("LOADING", RedisFault.LOADING),
            Map.entry("BUSY", RedisFault.BUSY),
            Map.entry("UNKILLABLE", RedisFault.BUSY),
            Map.entry("MASTERDOWN", RedisFault.MASTER_DOWN),
            Map.entry("CLUSTERDOWN", RedisFault.CLUSTER_DOWN),
            Map.entry("TRYAGAIN", RedisFault.TRY_AGAIN),
            Map.entry("READONLY", RedisFault.READ_ONLY),
            Map.entry("OOM", RedisFault.OUT_OF_MEMORY),
            Map.entry("MISCONF", RedisFault.CANNOT_PERSIST),
            Map.entry("NOREPLICAS", RedisFault.NO_REPLICAS),
            Map.entry("NOAUTH", RedisFault.AUTHENTICATION),
            Map.entry("WRONGPASS", RedisFault.AUTHENTICATION),
            Map.entry("DENIED", RedisFault.AUTHENTICATION),
            Map.entry("NOPERM", RedisFault.PERMISSION));

    /** Answers that have no code of their own. */
    private static final List<Map.Entry<String, RedisFault>> SENTENCES = List.of(
            Map.entry("max number of clients", RedisFault.TOO_MANY_CLIENTS),
            Map.entry("AUTH <password> called without any password", RedisFault.AUTHENTICATION),
            Map.entry("invalid password", RedisFault.AUTHENTICATION),
            Map.entry("ACL failure in script", RedisFault.PERMISSION),
            Map.entry("The user executing the script can't", RedisFault.PERMISSION),
            Map.entry("DB index is out of range", RedisFault.CONFIGURATION),
            Map.entry("cluster support disabled", RedisFault.CONFIGURATION),
            Map.entry("SELECT is not allowed in cluster mode", RedisFault.CONFIGURATION),
            Map.entry("Write commands are not allowed from read only", RedisFault.READ_ONLY));

    private FaultReader() {}

    /** The fault behind it; null when Redis is well and the answer is the caller's own error. */
    static @Nullable RedisFault read(Throwable thrown) {
        if (thrown instanceof RedisUnavailableException unavailable) {
            return unavailable.fault();
        }
        if (thrown instanceof JedisRedirectionException) {
            return RedisFault.CONFIGURATION;
        }
        if (thrown instanceof JedisDataException) {
            return ofAnswer(String.valueOf(thrown.getMessage()));
        }
        if (thrown instanceof SentinelTopology.NoMasterException) {
            return RedisFault.NO_MASTER;
        }
        if (thrown instanceof UnusableSettingsException) {
            return RedisFault.CONFIGURATION;
        }
        return thrown instanceof JedisConnectionException ? ofConnection(thrown) : null;
    }

    private static @Nullable RedisFault ofAnswer(String answer) {
        int space = answer.indexOf(' ');
        RedisFault fault = CODES.get(space < 0 ? answer : answer.substring(0, space));
        if (fault != null) {
            return fault;
        }
        for (Map.Entry<String, RedisFault> code : CODES.entrySet()) {
            if (answer.contains(" -" + code.getKey() + ' ')) {
                return code.getValue();
            }
        }
        for (Map.Entry<String, RedisFault> sentence : SENTENCES) {
            if (answer.contains(sentence.getKey())) {
                return sentence.getValue();
            }
        }
        return null;
    }

    private static RedisFault ofConnection(Throwable thrown) {
        // Redis sends the reason as a last line before it hangs up on a client that it does not want.
        RedisFault said = ofAnswer(String.valueOf(thrown.getMessage()));
        if (said != null) {
            return said;
        }
        RedisFault found = RedisFault.LOST;
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Throwable> open = new ArrayDeque<>(List.of(thrown));
        while (!open.isEmpty()) {
            Throwable next = open.pop();
            if (!seen.add(next)) {
                continue;
            }
            RedisFault fault = ofCause(next);
            if (fault == RedisFault.TLS) {
                return fault;
            }
            if (fault != null) {
                found = fault;
            }
            if (next.getCause() != null) {
                open.push(next.getCause());
            }
            for (Throwable suppressed : next.getSuppressed()) {
                open.push(suppressed);
            }
        }
        return found;
    }

    private static @Nullable RedisFault ofCause(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof GeneralSecurityException) {
            return RedisFault.TLS;
        }
        if (cause instanceof SSLException) {
            // A handshake that a dying server breaks off is no fault of the certificates.
            boolean refused = message.contains("fatal alert") || message.contains("unrecognized SSL message");
            return refused || message.contains("No subject alternative") ? RedisFault.TLS : null;
        }
        if (cause instanceof SocketTimeoutException) {
            return RedisFault.TIMEOUT;
        }
        if (cause instanceof UnknownHostException) {
            return RedisFault.UNKNOWN_HOST;
        }
        if (cause instanceof NoRouteToHostException || cause instanceof PortUnreachableException) {
            return RedisFault.UNREACHABLE;
        }
        if (cause instanceof ConnectException) {
            if (message.contains("timed out")) {
                return RedisFault.TIMEOUT;
            }
            return message.contains("refused") ? RedisFault.REFUSED : RedisFault.UNREACHABLE;
        }
        return null;
    }
}
