package dev.longshore.redis;

import static dev.longshore.redis.RedisTest.bytes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("redis")
class RedisSubscriptionTest {
    private static final byte[] CHANNEL = bytes("{t}:wake");
    private static final String RESUBSCRIBED = "(resubscribed)";

    @TempDir
    private Path directory;

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private RedisServer server;

    @BeforeEach
    void start() throws Exception {
        server = RedisServer.start(directory.resolve("redis"));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private final RedisListener listener = new RedisListener() {
        @Override
        public void message(byte[] payload) {
            heard.add(new String(payload, UTF_8));
        }

        @Override
        public void resubscribed() {
            heard.add(RESUBSCRIBED);
        }
    };

    private void assertHears(String expected, Duration within) throws InterruptedException {
        assertThat(heard.poll(within.toMillis(), TimeUnit.MILLISECONDS)).isEqualTo(expected);
    }

    private void assertHears(String expected) throws InterruptedException {
        assertHears(expected, Duration.ofSeconds(5));
    }

    @Test
    void hearsWhatIsPublishedEitherWay() throws Exception {
        try (Redis redis = Redis.connect(RedisSettings.of(server.url()));
                RedisSubscription subscription = redis.subscribe(CHANNEL, listener)) {
            assertHears(RESUBSCRIBED);
            server.send("PUBLISH", "{t}:wake", "one");
            assertHears("one");
            server.send("PUBLISH", "{t}:other", "not for us");
            // Before Redis 7 there is but one way.
            server.send(server.isRedis7() ? "SPUBLISH" : "PUBLISH", "{t}:wake", "two");
            assertHears("two");

            subscription.close();
            server.send("PUBLISH", "{t}:wake", "too late");

            assertThat(heard.poll(200, TimeUnit.MILLISECONDS)).isNull();
        }
    }

    @Test
    void resubscribesAfterARestart() throws Exception {
        try (Redis redis = Redis.connect(RedisSettings.of(server.url()));
                LogWatch log = new LogWatch();
                RedisSubscription subscription = redis.subscribe(CHANNEL, listener)) {
            assertHears(RESUBSCRIBED);
            for (int round = 0; round < 3; round++) {
                server.kill();
                server.restart();
                assertHears(RESUBSCRIBED);
                server.send("PUBLISH", "{t}:wake", "again " + round);
                assertHears("again " + round);
            }
            assertThat(log.at(Level.ERROR)).isEmpty();
        }
    }

    @Test
    void resubscribesWhenRedisEndsItsConnection() throws Exception {
        try (Redis redis = Redis.connect(RedisSettings.of(server.url()));
                RedisSubscription subscription = redis.subscribe(CHANNEL, listener)) {
            assertHears(RESUBSCRIBED);
            server.send("CLIENT", "KILL", "TYPE", "pubsub");
            assertHears(RESUBSCRIBED);
        }
    }

    @Test
    void waitsForARedisThatIsNotThereYet() throws Exception {
        server.kill();
        try (Redis redis = Redis.connect(RedisSettings.of(server.url()));
                LogWatch log = new LogWatch();
                RedisSubscription subscription = redis.subscribe(CHANNEL, listener)) {
            Waiting.until(() -> !log.at(Level.WARN).isEmpty(), "it says that Redis is away");
            server.restart();

            assertHears(RESUBSCRIBED);
            assertThat(log.at(Level.WARN)).hasSize(1);
            assertThat(log.at(Level.INFO)).hasSize(1);
        }
    }

    @Test
    void noticesAConnectionThatLeadsNowhere() throws Exception {
        try (FaultProxy proxy = new FaultProxy(server.port());
                Redis redis = Redis.connect(RedisSettings.of(proxy.url()));
                LogWatch log = new LogWatch();
                RedisSubscription subscription = redis.subscribe(CHANNEL, listener)) {
            assertHears(RESUBSCRIBED);
            proxy.blackHole();
            Waiting.until(() -> proxy.accepted() > 1, Duration.ofSeconds(10), "it connects anew");

            proxy.heal();

            assertHears(RESUBSCRIBED, Duration.ofSeconds(10));
            server.send("PUBLISH", "{t}:wake", "found again");
            assertHears("found again");
            assertThat(log.at(Level.ERROR)).isEmpty();
        }
    }

    @Test
    void staysOnAQuietChannel() throws Exception {
        try (Redis redis = Redis.connect(RedisSettings.of(server.url()));
                RedisSubscription subscription = redis.subscribe(CHANNEL, listener)) {
            assertHears(RESUBSCRIBED);

            // Longer than the silence after which a connection counts as dead: pings are what keeps it.
            assertThat(heard.poll(9, TimeUnit.SECONDS)).isNull();

            server.send("PUBLISH", "{t}:wake", "still here");
            assertHears("still here");
        }
    }

    @Test
    void survivesAListenerThatThrows() throws Exception {
        try (Redis redis = Redis.connect(RedisSettings.of(server.url()));
                LogWatch log = new LogWatch();
                RedisSubscription subscription = redis.subscribe(CHANNEL, new RedisListener() {
                    @Override
                    public void message(byte[] payload) {
                        heard.add(new String(payload, UTF_8));
                        throw new IllegalStateException("not today");
                    }

                    @Override
                    public void resubscribed() {
                        listener.resubscribed();
                    }
                })) {
            assertHears(RESUBSCRIBED);
            server.send("PUBLISH", "{t}:wake", "one");
            server.send("PUBLISH", "{t}:wake", "two");

            assertHears("one");
            assertHears("two");
            Waiting.until(() -> log.at(Level.ERROR).size() == 2, "both failures are told");
        }
    }

    @Test
    void endsWithItsRedis() throws Exception {
        Redis redis = Redis.connect(RedisSettings.of(server.url()));
        redis.subscribe(CHANNEL, listener);
        assertHears(RESUBSCRIBED);

        redis.close();

        Waiting.until(
                () -> server.send("PUBSUB", "NUMSUB", "{t}:wake").toString().endsWith(" 0]"),
                "nobody listens any more");
    }
}
