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
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
                assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("resubscribed");
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
                assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("hello");

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

    @Test
    void silentSentinelsKeepNoCallFromItsEnd() throws Exception {
        try (RedisServer master = RedisServer.start(directory.resolve("master"));
                RedisServer sentinel = RedisServer.startSentinel(directory.resolve("sentinel"), "main", master, 1);
                FaultProxy first = new FaultProxy(sentinel.port());
                FaultProxy second = new FaultProxy(sentinel.port());
                FaultProxy third = new FaultProxy(sentinel.port());
                Redis redis = Redis.connect(RedisSettings.builder(url(first, second, third))
                        .connectTimeout(Duration.ofSeconds(6))
                        .callTimeout(Duration.ofSeconds(60))
                        .build())) {
            redis.call(COUNT, KEY, List.of(bytes("1")));
            for (FaultProxy one : List.of(first, second, third)) {
                one.blackHole();
            }
            Waiting.until(() -> second.accepted() > 0, "the first has not answered, and the second is asked");
            master.pause();
            CompletableFuture<Object> ended = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                try {
                    ended.complete(redis.call(COUNT, KEY, List.of(bytes("1"))));
                } catch (RedisUnavailableException e) {
                    ended.complete(e.fault());
                }
            });
            caller.start();

            caller.interrupt();

            // Well before the second has had its time.
            assertThat(ended.get(4, TimeUnit.SECONDS)).isEqualTo(RedisFault.INTERRUPTED);
        }
    }

    @Test
    void beginsWithTheSentinelThatAnsweredLast() throws Exception {
        try (RedisServer master = RedisServer.start(directory.resolve("master"));
                RedisServer sentinel = RedisServer.startSentinel(directory.resolve("sentinel"), "main", master, 1);
                FaultProxy silent = new FaultProxy(sentinel.port());
                FaultProxy living = new FaultProxy(sentinel.port());
                Redis redis = Redis.connect(RedisSettings.builder(url(silent, living))
                        .connectTimeout(Duration.ofSeconds(1))
                        .build())) {
            silent.blackHole();
            redis.call(COUNT, KEY, List.of(bytes("1")));

            Waiting.until(() -> living.accepted() > 1, "they are asked again");

            assertThat(silent.accepted()).isEqualTo(1);
        }
    }

    @Test
    void nothingAsksTheSentinelsOnceItIsClosed() throws Exception {
        try (RedisServer master = RedisServer.start(directory.resolve("master"));
                RedisServer sentinel = RedisServer.startSentinel(directory.resolve("sentinel"), "main", master, 1);
                FaultProxy proxy = new FaultProxy(sentinel.port())) {
            Set<Thread> before = Thread.getAllStackTraces().keySet();
            Redis redis = Redis.connect(RedisSettings.builder(url(proxy))
                    .connectTimeout(Duration.ofSeconds(60))
                    .callTimeout(Duration.ofSeconds(60))
                    .build());
            redis.call(COUNT, KEY, List.of(bytes("1")));
            proxy.blackHole();
            Waiting.until(() -> proxy.accepted() > 1, "it is asked again, and does not answer");

            redis.close();

            Waiting.until(
                    () -> Thread.getAllStackTraces().keySet().stream()
                            .noneMatch(thread ->
                                    thread.getName().equals("longshore-redis-sentinels") && !before.contains(thread)),
                    Duration.ofSeconds(10),
                    "the thread that asks ends");
        }
    }

    private static String url(FaultProxy... sentinels) {
        return Stream.of(sentinels)
                .map(one -> RedisServer.HOST + ":" + one.port())
                .collect(Collectors.joining(",", "redis-sentinel://", "/main"));
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
