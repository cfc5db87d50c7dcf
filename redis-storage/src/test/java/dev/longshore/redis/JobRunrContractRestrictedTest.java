package dev.longshore.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over TLS, as the ACL user that the README describes. */
@Tag("redis")
@SuppressWarnings("NullAway.Init") // JUnit calls start first
class JobRunrContractRestrictedTest extends JobRunrContract {
    @TempDir
    static Path directory;

    private static RestrictedRedis restricted;

    @BeforeAll
    static void start() throws Exception {
        restricted = RestrictedRedis.start(directory);
    }

    @AfterAll
    static void nothingWasRefused() throws InterruptedException {
        if (restricted == null) {
            return; // it could not be started, which JUnit has told, or this redis-server speaks no TLS
        }
        try (RestrictedRedis closing = restricted) {
            assertThat(closing.refusals()).isEmpty();
        }
    }

    @Override
    Redis redis() {
        return restricted.redis();
    }

    @Override
    void empty() {
        restricted.empty();
    }

    /** The suite has no server of JobRunr's: what it does besides, such as listening for jobs, is tried here. */
    @Test
    void aServerRunsJobsAndManagesItsQueues() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        RedisStorageProvider store =
                RedisStorageProvider.builder(restricted.redis()).build();
        try (TestPool pool = TestPool.start(TestPool.withMapper(store), workers -> workers, name -> ran.countDown())) {
            store.queues().pause("slow");
            store.queues().resume("slow");
            assertThat(store.queues().list()).isNotEmpty();
            assertThat(store.quarantine().list(0, 10).all()).isZero();

            pool.scheduler().enqueue(new TestPool.Ask("a"));

            // A poll comes only after minutes: without the permission to listen it would be too late.
            assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }
}
