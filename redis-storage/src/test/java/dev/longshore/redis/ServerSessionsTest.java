package dev.longshore.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jobrunr.scheduling.JobRequestScheduler;
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

    private final Keys keys = new Keys("jobrunr");
    private final Clock clock = Clock.systemUTC();

    private static BackgroundJobServer server(RedisStorageProvider store) {
        return new BackgroundJobServer(
                store,
                new JacksonJsonMapper(),
                null,
                BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration());
    }

    /** With threads of its own, beside those that the store has for its servers. */
    private ServerSessions sessions(Clock own) {
        Quarantine quarantine = new Quarantine(REDIS.redis(), keys, clock);
        JobCodec codec = new JobCodec(
                new JobPacking("jobrunr", new JobBody(JobBody.DEFAULT_LIMIT), null, AllowedJobs.any()), 1000);
        JobStore jobs = new JobStore(REDIS.redis(), keys, codec, new SealCheck(REDIS.redis(), keys, null), quarantine);
        Heartbeat heartbeat = new Heartbeat(REDIS.redis(), keys, jobs, Duration.ofSeconds(5), clock);
        DueJobs due = new DueJobs(REDIS.redis(), keys, jobs, clock);
        return new ServerSessions(REDIS.redis(), keys, heartbeat, due, Duration.ofSeconds(1), own);
    }

    @Test
    void aMessageThatArrivesWhileItIsClosedIsNoError() {
        try (RedisStorageProvider store = TestPool.store(REDIS.url())) {
            ServerSessions sessions = sessions(clock);
            sessions.of(server(store));
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

    /** Sessions ask this clock for the time when Redis has told when the next job is due, and before they wait for it. */
    private static final class AskedClock extends Clock {
        private final Runnable asked;

        AskedClock(Runnable asked) {
            this.asked = asked;
        }

        @Override
        public Instant instant() {
            asked.run();
            return Instant.now();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @Test
    void aJobThatIsScheduledWhileDueOnesAreLookedForIsLookedForAtOnce() throws Exception {
        CountDownLatch looks = new CountDownLatch(2);
        AtomicReference<ServerSessions> own = new AtomicReference<>();
        ServerSessions sessions = sessions(new AskedClock(() -> {
            if (looks.getCount() == 2) {
                Objects.requireNonNull(Objects.requireNonNull(own.get()).listener())
                        .message(Bytes.of("S"));
            }
            looks.countDown();
        }));
        own.set(sessions);
        try (RedisStorageProvider store = TestPool.store(REDIS.url())) {
            new JobRequestScheduler(store).schedule(Instant.now().plusSeconds(3_600), new TestPool.Ask("later"));
            BackgroundJobServer server = server(store);
            server.start();
            try {
                Waiting.until(server::isAnnounced, "only a server that was announced has due jobs looked for");

                sessions.of(server);

                // By itself it looks every five seconds.
                assertThat(looks.await(4, TimeUnit.SECONDS)).isTrue();
            } finally {
                sessions.close();
                server.stop();
            }
        }
    }
}
