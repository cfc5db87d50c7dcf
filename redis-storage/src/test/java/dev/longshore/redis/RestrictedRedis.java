package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.Protocol.Command;

/** A Redis that speaks nothing but TLS, and a user of it who may do what this module's README says, and nothing else. */
final class RestrictedRedis implements AutoCloseable {
    private static final Pattern RULE = Pattern.compile("ACL SETUSER (\\S+) ((?:\\\\\\n|[^\\n])+)");
    private static final String PASSWORD = "a long secret";

    private final RedisServer server;
    private final Redis administrator;
    private final Redis redis;

    private RestrictedRedis(RedisServer server, Redis administrator, Redis redis) {
        this.server = server;
        this.administrator = administrator;
        this.redis = redis;
    }

    static RestrictedRedis start(Path directory) throws Exception {
        TestCertificates certificates = TestCertificates.make(directory);
        RedisServer server = RedisServer.startTls(directory.resolve("redis"), certificates, "no");
        RedisSettings.Builder settings =
                RedisSettings.builder("rediss://localhost:" + server.port()).caCertificates(certificates.ca());
        Redis administrator = Redis.connect(settings.build());
        List<String> rule = rule();
        String version = Bytes.text(administrator.command(Command.INFO, "server".getBytes(UTF_8)));
        if (version.contains("redis_version:6.")) {
            // As the README says.
            rule.removeAll(List.of("+ssubscribe", "+spublish"));
        }
        administrator.command(
                Command.ACL, rule.stream().map(word -> word.getBytes(UTF_8)).toArray(byte[][]::new));
        Redis redis =
                Redis.connect(settings.user(rule.get(1)).password(PASSWORD).build());
        return new RestrictedRedis(server, administrator, redis);
    }

    /** What the README tells an operator to type, without ACL. */
    private static List<String> rule() throws IOException {
        Matcher matcher = RULE.matcher(Files.readString(Path.of("README.md")));
        if (!matcher.find()) {
            throw new AssertionError("README.md has no line ACL SETUSER");
        }
        List<String> rule = new ArrayList<>(List.of("SETUSER", matcher.group(1)));
        for (String word :
                matcher.group(2).replace("\\\n", " ").replace("'", "").strip().split("\\s+", -1)) {
            rule.add(word.equals(">PASSWORD") ? ">" + PASSWORD : word);
        }
        return rule;
    }

    /** As the user who may do little. */
    Redis redis() {
        return redis;
    }

    void empty() {
        administrator.command(Command.FLUSHALL);
    }

    /** What was refused, as Redis noted it. */
    List<?> refusals() {
        return (List<?>) administrator.command(Command.ACL, "LOG".getBytes(UTF_8));
    }

    @Override
    public void close() throws InterruptedException {
        redis.close();
        administrator.close();
        server.close();
    }
}
