package dev.longshore.redis;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import redis.clients.jedis.Protocol.Command;

/** A real Redis for the tests of one class, empty before each. */
@SuppressWarnings("NullAway.Init") // JUnit calls beforeAll first
public final class TestRedis implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {
    private Path directory;
    private RedisServer server;
    private Redis redis;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        directory = Files.createTempDirectory("longshore-redis");
        server = RedisServer.start(directory);
        redis = Redis.connect(RedisSettings.of(server.url()));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        redis.command(Command.FLUSHALL);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        redis.close();
        server.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }

    /** For looking at what is stored, or changing it as somebody else would. */
    Redis redis() {
        return redis;
    }

    RedisServer server() {
        return server;
    }

    public String url() {
        return server.url();
    }
}
