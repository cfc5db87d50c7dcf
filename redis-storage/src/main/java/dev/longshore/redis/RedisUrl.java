package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;

/**
 * A Redis URL taken apart. No fault it names repeats a part of the URL: with a forgotten {@code @}, the password may stand
 * where a port should.
 */
final class RedisUrl {
    /** What answers at the hosts of the URL. */
    enum Kind {
        SERVER,
        SENTINEL,
        CLUSTER
    }

    private static final int REDIS_PORT = 6379;
    private static final int SENTINEL_PORT = 26379;
    private static final Map<String, Kind> KINDS =
            Map.of("", Kind.SERVER, "-sentinel", Kind.SENTINEL, "-cluster", Kind.CLUSTER);

    Kind kind = Kind.SERVER;
    boolean tls;

    @Nullable String user;

    @Nullable String password;

    final List<HostAndPort> nodes = new ArrayList<>();
    String masterName = "";
    int database;

    private final List<String> faults;

    private RedisUrl(List<String> faults) {
        this.faults = faults;
    }

    /** Takes the URL apart; adds what is wrong with it to the faults. */
    static RedisUrl parse(String text, List<String> faults) {
        RedisUrl url = new RedisUrl(faults);
        int schemeEnd = text.indexOf("://");
        if (schemeEnd < 0 || !url.scheme(text.substring(0, schemeEnd))) {
            faults.add("it begins with none of redis://, rediss://, redis-sentinel://, rediss-sentinel://,"
                    + " redis-cluster://, rediss-cluster://");
        }
        String rest = schemeEnd < 0 ? text : text.substring(schemeEnd + 3);
        int query = rest.indexOf('?', rest.lastIndexOf('@') + 1);
        if (query >= 0) {
            faults.add("it has options after a '?', which are not known");
            rest = rest.substring(0, query);
        }
        // The last one: a password may hold an @ of its own.
        int at = rest.lastIndexOf('@');
        if (at >= 0) {
            url.userInfo(rest.substring(0, at));
        }
        String hostsAndPath = rest.substring(at + 1);
        int slash = hostsAndPath.indexOf('/');
        url.hosts(slash < 0 ? hostsAndPath : hostsAndPath.substring(0, slash));
        url.path(slash < 0 ? "" : hostsAndPath.substring(slash + 1));
        return url;
    }

    private boolean scheme(String scheme) {
        if (!scheme.startsWith("redis")) {
            return false;
        }
        String rest = scheme.substring("redis".length());
        tls = rest.startsWith("s");
        Kind found = KINDS.get(tls ? rest.substring(1) : rest);
        if (found != null) {
            kind = found;
        }
        return found != null;
    }

    private void userInfo(String info) {
        int colon = info.indexOf(':');
        user = decode(colon < 0 ? info : info.substring(0, colon), "user");
        password = colon < 0 ? null : decode(info.substring(colon + 1), "password");
        if (user != null && user.isEmpty()) {
            user = null;
        }
        if (password != null && password.isEmpty()) {
            password = null;
        }
    }

    private void hosts(String hosts) {
        String[] parts = hosts.split(",", -1);
        if (parts.length > 1 && kind == Kind.SERVER) {
            faults.add("it names several hosts, which only redis-sentinel:// and redis-cluster:// do");
        }
        for (int i = 0; i < parts.length; i++) {
            HostAndPort node = host(parts[i], parts.length == 1 ? "the host" : "host " + (i + 1));
            if (node != null && !nodes.contains(node)) {
                nodes.add(node);
            }
        }
    }

    private @Nullable HostAndPort host(String text, String which) {
        boolean bracketed = text.startsWith("[");
        int nameEnd = bracketed ? text.indexOf(']') + 1 : text.indexOf(':');
        if (bracketed && nameEnd == 0) {
            faults.add(which + " has no ']' after its IPv6 address");
            return null;
        }
        String name = nameEnd < 0 ? text : text.substring(0, nameEnd);
        String port = nameEnd < 0 ? "" : text.substring(nameEnd);
        String host = bracketed ? name.substring(1, name.length() - 1) : name;
        if (host.isEmpty() || !host.chars().allMatch(c -> c > ' ' && c < 127)) {
            faults.add(which + " is missing or has signs that no host name has");
            return null;
        }
        int number = kind == Kind.SENTINEL ? SENTINEL_PORT : REDIS_PORT;
        if (!port.isEmpty()) {
            number = port.startsWith(":") ? number(port.substring(1), 65_535) : -1;
            if (number < 1) {
                faults.add("the port of " + which + " is not a number from 1 to 65535; a ':', '@' or '/' in a password"
                        + " is written %3A, %40, %2F");
                return null;
            }
        }
        return new HostAndPort(host, number);
    }

    private void path(String path) {
        String databaseText = path;
        if (kind == Kind.SENTINEL) {
            int slash = path.indexOf('/');
            String name = decode(slash < 0 ? path : path.substring(0, slash), "master's name");
            masterName = name == null ? "" : name;
            databaseText = slash < 0 ? "" : path.substring(slash + 1);
            if (masterName.isEmpty()) {
                faults.add("it names no master: redis-sentinel://HOST:PORT,…/MASTER");
            }
        }
        if (!databaseText.isEmpty()) {
            database = number(databaseText, Integer.MAX_VALUE);
            if (database < 0) {
                faults.add("its database is not a number from 0");
            } else if (database > 0 && kind == Kind.CLUSTER) {
                faults.add("it names a database, but a cluster has only database 0");
            }
        }
    }

    private static int number(String digits, int largest) {
        if (digits.isEmpty() || digits.length() > 10 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        long number = Long.parseLong(digits);
        return number <= largest ? (int) number : -1;
    }

    /** Decodes %XX only: a plus is a plus in the user part of a URL. */
    private @Nullable String decode(String text, String which) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] raw = text.getBytes(UTF_8);
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] != '%') {
                bytes.write(raw[i]);
                continue;
            }
            int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
            int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                faults.add("its " + which + " has a '%' without two hexadecimal digits; a '%' itself is written %25");
                return null;
            }
            bytes.write(high * 16 + low);
            i += 2;
        }
        try {
            return UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            faults.add("its " + which + " is not UTF-8");
            return null;
        }
    }
}
