package dev.longshore.integration;

import dev.longshore.redis.JobSeal;
import dev.longshore.redis.Redis;
import dev.longshore.redis.RedisSettings;
import dev.longshore.run.RunStore;
import dev.longshore.run.RunStoreContract;
import dev.longshore.worker.runs.RedisRunStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The run store on Redis does what every run store does. */
@Tag("redis")
class RedisRunStoreTest extends RunStoreContract {
    private static final AtomicInteger POOLS = new AtomicInteger();

    private static final JobSeal SEAL = JobSeal.of("k", new byte[32]);

    private static @Nullable PrivateRedis server;
    private static @Nullable Redis redis;

    private @Nullable RedisRunStore store;

    @BeforeAll
    static void startRedis(@TempDir Path directory) throws IOException, InterruptedException {
        PrivateRedis started = PrivateRedis.start(directory);
        server = started;
        redis = Redis.connect(RedisSettings.of(started.url()));
    }

    @AfterAll
    static void stopRedis() throws InterruptedException {
        if (redis != null) {
            redis.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @Override
    protected RunStore newStore() {
        RedisRunStore made = new RedisRunStore(
                java.util.Objects.requireNonNull(redis), "pool" + POOLS.incrementAndGet(), Optional.of(SEAL));
        store = made;
        return made;
    }

    @AfterEach
    void closeStore() {
        if (store != null) {
            store.close();
        }
    }
}
