package dev.longshore.integration;

import dev.longshore.redis.Redis;
import dev.longshore.redis.RunningRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A Redis of some kind for the tests of one class, and a connection to it. */
final class OneRedis implements BeforeAllCallback, AfterAllCallback {
    private final RunningRedis.Kind kind;
    private @Nullable Path directory;
    private @Nullable RunningRedis running;
    private @Nullable Redis redis;

    OneRedis(RunningRedis.Kind kind) {
        this.kind = kind;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        Path made = Files.createTempDirectory("longshore-redis");
        directory = made;
        RunningRedis started = RunningRedis.start(kind, made);
        running = started;
        redis = Redis.connect(started.settings());
    }

    Redis redis() {
        return Objects.requireNonNull(redis, "it was not started");
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException, InterruptedException {
        if (redis != null) {
            redis.close();
        }
        if (running != null) {
            running.close();
        }
        if (directory != null) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
