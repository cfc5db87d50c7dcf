package dev.longshore.redis;

import static org.jobrunr.utils.resilience.RateLimiter.Builder.rateLimit;

import java.io.IOException;
import java.nio.file.Path;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.StorageProviderTest;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Protocol.Command;

/** JobRunr's own suite, which every store of jobs passes, on a real Redis. */
@Tag("redis")
class JobRunrContractTest extends StorageProviderTest {
    private static RedisServer server;

    @TempDir
    static Path directory;

    @BeforeAll
    static void startRedis() throws IOException, InterruptedException {
        server = RedisServer.start(directory);
    }

    @AfterAll
    static void stopRedis() throws InterruptedException {
        server.close();
    }

    @Override
    protected void cleanup(int testMethodIndex) {
        try (Redis redis = Redis.connect(RedisSettings.of(server.url()))) {
            redis.command(Command.FLUSHALL);
        }
    }

    @Override
    protected StorageProvider getStorageProvider() {
        RedisStorageProvider provider = RedisStorageProvider.builder(server.url())
                .notificationLimit(rateLimit().withoutLimits())
                .build();
        provider.setJobMapper(new JobMapper(new JacksonJsonMapper()));
        return provider;
    }
}
