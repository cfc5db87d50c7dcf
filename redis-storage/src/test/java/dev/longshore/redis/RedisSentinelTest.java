package dev.longshore.redis;

import static dev.longshore.redis.RedisTest.COUNT;
import static dev.longshore.redis.RedisTest.KEY;
import static dev.longshore.redis.RedisTest.bytes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** A master, a replica and three Sentinels. */
@Tag("redis")
class RedisSentinelTest {
    @TempDir
    private Path directory;

    @Test
    void followsAFailover() throws Exception {
        List<AutoCloseable> running = new ArrayList<>();
        try {
            RedisServer master = RedisServer.start(directory.resolve("master"));
            running.add(master);
            RedisServer replica = RedisServer.start(
                    directory.resolve("replica"), "--replicaof", RedisServer.HOST, Integer.toString(master.port()));
            running.add(replica);
            awaitInfo(replica, "replication", "master_link_status:up");
            StringBuilder url = new StringBuilder("redis-sentinel://");
            List<RedisServer> sentinels = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                RedisServer sentinel = RedisServer.startSentinel(directory.resolve("sentinel" + i), "main", master, 2);
                running.add(sentinel);
                sentinels.add(sentinel);
                url.append(i == 0 ? "" : ",")
                        .append(RedisServer.HOST)
                        .append(':')
                        .append(sentinel.port());
            }
            for (RedisServer sentinel : sentinels) {
                awaitInfo(sentinel, "sentinel", "slaves=1,sentinels=3");
            }

            BlockingQueue<String> heard = new LinkedBlockingQueue<>();
            try (Redis redis = Redis.connect(RedisSettings.builder(url + "/main")
                            .callTimeout(Duration.ofMillis(500))
                            .build());
                    RedisSubscription subscription = redis.subscribe(KEY.get(0), listener(heard))) {
                assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("resubscribed");
                assertThat(redis.call(COUNT, KEY, List.of(bytes("1")))).isEqualTo(List.of(0L, 1L));
                awaitInfo(master, "replication", "state=online");

                // One that hangs comes back as a master for a moment, until the Sentinels demote it.
                master.pause();
                assertThat((List<?>) redis.call(COUNT, KEY, List.of(bytes("1"))))
                        .hasSize(2);
                assertThat(new String((byte[]) replica.send("GET", "{t}:count"), UTF_8))
                        .isNotEqualTo("1");
                assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("resubscribed");
                replica.send("PUBLISH", "{t}:count", "hello");
                assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("hello");

                master.resume();
                awaitInfo(master, "replication", "role:slave");
                long before = Long.parseLong(new String((byte[]) replica.send("GET", "{t}:count"), UTF_8));
                assertThat(redis.call(COUNT, KEY, List.of(bytes("1")))).isEqualTo(List.of(before, before + 1));
            }
        } finally {
            for (AutoCloseable one : running) {
                one.close();
            }
        }
    }

    @Test
    void saysThatNoSentinelKnowsTheMaster() throws Exception {
        try (RedisServer master = RedisServer.start(directory.resolve("master"));
                RedisServer sentinel = RedisServer.startSentinel(directory.resolve("sentinel"), "main", master, 1);
                Redis redis = Redis.connect(RedisSettings.builder("redis-sentinel://" + RedisServer.HOST + ":1,"
                                + RedisServer.HOST + ":" + sentinel.port() + "/other")
                        .patience(Duration.ofMillis(100))
                        .build())) {
            assertThatExceptionOfType(RedisUnavailableException.class)
                    .isThrownBy(() -> redis.call(COUNT, KEY, List.of(bytes("1"))))
                    .withMessageContaining("other")
                    .satisfies(e -> assertThat(e.fault()).isEqualTo(RedisFault.NO_MASTER));
        }
    }

    private static RedisListener listener(BlockingQueue<String> heard) {
        return new RedisListener() {
            @Override
            public void message(byte[] payload) {
                heard.add(new String(payload, UTF_8));
            }

            @Override
            public void resubscribed() {
                heard.add("resubscribed");
            }
        };
    }

    private static void awaitInfo(RedisServer server, String section, String expected) throws InterruptedException {
        Waiting.until(() -> info(server, section).contains(expected), expected);
    }

    /** A Sentinel cuts all connections to a master that it demotes. */
    private static String info(RedisServer server, String section) {
        try {
            return new String((byte[]) server.send("INFO", section), UTF_8);
        } catch (JedisConnectionException e) {
            return "";
        }
    }
}
