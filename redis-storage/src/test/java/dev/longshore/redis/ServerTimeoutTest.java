package dev.longshore.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import org.jobrunr.storage.BackgroundJobServerStatus;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.Protocol.Command;

@Tag("redis")
@Timeout(60)
class ServerTimeoutTest {
    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    private final BlockingQueue<String> ran = new LinkedBlockingQueue<>();

    @Test
    void aServerThatWasRemovedForItsSilenceGoesOnHoweverOften() throws InterruptedException {
        try (TestPool pool = TestPool.start(TestPool.store(REDIS.url()), UnaryOperator.identity(), ran::add)) {
            pool.scheduler().enqueue(new TestPool.Ask("before"));
            assertThat(ran.poll(30, SECONDS)).isEqualTo("before");
            // JobRunr restarts one that this is not so for, three times; then it stops it.
            for (int i = 0; i < 5; i++) {
                REDIS.redis().command(Command.DEL, new Keys("jobrunr").of("servers"));
                assertThat(pool.store().getBackgroundJobServers()).isEmpty();

                BackgroundJobServerStatus status = pool.server().getServerStatus();
                assertThat(pool.store().signalBackgroundJobServerAlive(status)).isTrue();

                assertThat(pool.store().getBackgroundJobServers())
                        .extracting(BackgroundJobServerStatus::getId)
                        .containsExactly(pool.server().getId());
            }
            pool.scheduler().enqueue(new TestPool.Ask("after"));
            assertThat(ran.poll(30, SECONDS)).isEqualTo("after");
        }
    }
}
