package dev.longshore.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("redis")
@Timeout(60)
class ServerSessionsTest {
    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    @Test
    void aMessageThatArrivesWhileItIsClosedIsNoError() {
        Keys keys = new Keys("jobrunr");
        Clock clock = Clock.systemUTC();
        try (RedisStorageProvider store = TestPool.store(REDIS.url())) {
            Quarantine quarantine = new Quarantine(REDIS.redis(), keys, clock);
            JobCodec codec = new JobCodec(
                    new JobPacking("jobrunr", new JobBody(JobBody.DEFAULT_LIMIT), null, AllowedJobs.any()), 1000);
            JobStore jobs =
                    new JobStore(REDIS.redis(), keys, codec, new SealCheck(REDIS.redis(), keys, null), quarantine);
            Heartbeat heartbeat = new Heartbeat(REDIS.redis(), keys, jobs, Duration.ofSeconds(5), clock);
            DueJobs due = new DueJobs(REDIS.redis(), keys, jobs, clock);
            ServerSessions sessions =
                    new ServerSessions(REDIS.redis(), keys, heartbeat, due, Duration.ofSeconds(1), clock);
            sessions.of(new BackgroundJobServer(
                    store,
                    new JacksonJsonMapper(),
                    null,
                    BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()));
            RedisListener listener = Objects.requireNonNull(sessions.listener());

            sessions.close();

            assertThat(sessions.listener()).isNull();
            byte[] deleted = new byte[17];
            deleted[0] = 'D';
            System.arraycopy(Bytes.of(UUID.randomUUID()), 0, deleted, 1, 16);
            assertThatCode(() -> listener.message(deleted)).doesNotThrowAnyException();
            assertThatCode(() -> listener.message(Bytes.of("S"))).doesNotThrowAnyException();
            assertThatCode(listener::resubscribed).doesNotThrowAnyException();
        }
    }
}
