package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;

/** Calls to a Redis that is well. */
@Tag("redis")
class RedisTest {
    static final Script COUNT = Script.fromResource(RedisTest.class, "test-count.lua");
    static final Script FAIL = Script.fromResource(RedisTest.class, "test-fail.lua");
    static final List<byte[]> KEY = List.of(bytes("{t}:count"));

    @TempDir
    private static Path directory;

    private static RedisServer server;

    @BeforeAll
    static void start() throws Exception {
        server = RedisServer.start(directory.resolve("redis"));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void forget() {
        server.send("FLUSHALL");
        server.send("SCRIPT", "FLUSH");
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static List<List<byte[]>> ones(int count) {
        return IntStream.range(0, count).mapToObj(i -> List.of(bytes("1"))).toList();
    }

    private long calls(String command) {
        String stats = new String((byte[]) server.send("INFO", "commandstats"), UTF_8);
        return stats.lines()
                .filter(line -> line.startsWith("cmdstat_" + command + ":calls="))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf('=') + 1, line.indexOf(','))))
                .findFirst()
                .orElse(0);
    }

    /** How often a script was loaded; before Redis 7, loading and flushing are one to the statistics. */
    private long loads(int flushes) {
        return server.isRedis7() ? calls("script|load") : calls("script") - flushes;
    }

    @Test
    void runsAScriptThatRedisDoesNotKnowYet() {
        try (Redis redis = Redis.connect(RedisSettings.of(server.url()))) {
            assertThat(redis.call(COUNT, KEY, List.of(bytes("5")))).isEqualTo(List.of(0L, 5L));
            assertThat(redis.call(COUNT, KEY, List.of(bytes("2")))).isEqualTo(List.of(5L, 7L));
        }
    }

    @Test
    void loadsAScriptOnceAndAgainWhenRedisForgotIt() {
        server.send("CONFIG", "RESETSTAT");
        try (Redis redis = Redis.connect(RedisSettings.of(server.url()))) {
            for (int i = 0; i < 10; i++) {
                redis.call(COUNT, KEY, List.of(bytes("1")));
            }
            assertThat(loads(0)).isEqualTo(1);

            server.send("SCRIPT", "FLUSH");
            redis.call(COUNT, KEY, List.of(bytes("1")));
            redis.callAll(COUNT, KEY, ones(3));

            assertThat(loads(1)).isEqualTo(2);
            assertThat(redis.command(Command.GET, KEY.get(0))).isEqualTo(bytes("14"));
        }
    }

    @Test
    void runsManyInOrderAndLoadsTheScriptOnceForThem() {
        server.send("CONFIG", "RESETSTAT");
        try (Redis redis = Redis.connect(RedisSettings.of(server.url()))) {
            List<Object> answers = redis.callAll(COUNT, KEY, ones(25_000));

            assertThat(answers).hasSize(25_000);
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i)).isEqualTo(List.of((long) i, (long) i + 1));
            }
            assertThat(loads(0)).isEqualTo(1);
            assertThat(redis.callAll(COUNT, KEY, List.of())).isEmpty();
        }
    }

    @Test
    void passesOnTheErrorsThatAScriptMakes() {
        try (Redis redis = Redis.connect(RedisSettings.of(server.url()));
                LogWatch log = new LogWatch()) {
            assertThatExceptionOfType(JedisDataException.class)
                    .isThrownBy(() -> redis.call(FAIL, KEY, List.of(bytes("bad"))))
                    .withMessageContaining("bad it is");
            assertThatExceptionOfType(JedisDataException.class)
                    .isThrownBy(() -> redis.callAll(FAIL, KEY, List.of(List.of(bytes("a")), List.of(bytes("bad")))))
                    .withMessageContaining("bad it is");
            // No answer was left behind on the connection.
            assertThat(redis.call(FAIL, KEY, List.of(bytes("good")))).isEqualTo(bytes("good"));
            assertThat(log.at(ch.qos.logback.classic.Level.WARN)).isEmpty();
        }
    }

    @Test
    void aCallInAHurryLeavesTheNextOneAllItsTime() {
        RedisSettings impatient = RedisSettings.builder(server.url())
                .patience(Duration.ofMillis(300))
                .poolSize(1)
                .build();
        try (Redis redis = Redis.connect(impatient)) {
            server.send("CONFIG", "SET", "maxmemory", "1");
            try {
                assertThatExceptionOfType(RedisUnavailableException.class)
                        .isThrownBy(() -> redis.command(Command.SET, bytes("a"), bytes("b")));
            } finally {
                server.send("CONFIG", "SET", "maxmemory", "0");
            }
            assertThat(redis.command(Command.BLPOP, bytes("none"), bytes("1"))).isNull();
        }
    }

    @Test
    void sendsCommands() {
        try (Redis redis = Redis.connect(RedisSettings.of(server.url()))) {
            assertThat(redis.command(Command.SET, bytes("a"), bytes("b"))).isEqualTo(bytes("OK"));
            assertThat(redis.command(Command.GET, bytes("a"))).isEqualTo(bytes("b"));
            assertThat(redis.command(Command.GET, bytes("none"))).isNull();
        }
    }

    @Test
    void selectsTheDatabase() {
        try (Redis redis = Redis.connect(RedisSettings.of(server.url() + "/3"));
                Redis other = Redis.connect(RedisSettings.of(server.url()))) {
            redis.command(Command.SET, bytes("here"), bytes("1"));

            assertThat(other.command(Command.EXISTS, bytes("here"))).isEqualTo(0L);
        }
    }

    @Test
    void neverOpensMoreConnectionsThanItsPoolHas() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(20);
        try (Redis redis = Redis.connect(RedisSettings.builder(server.url())
                .poolSize(4)
                .clientName("bounded")
                .build())) {
            CountDownLatch go = new CountDownLatch(1);
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                all.add(threads.submit(() -> {
                    go.await();
                    for (int j = 0; j < 200; j++) {
                        redis.call(COUNT, KEY, List.of(bytes("1")));
                    }
                    return null;
                }));
            }
            go.countDown();
            for (Future<?> one : all) {
                one.get(30, TimeUnit.SECONDS);
            }

            String clients = new String((byte[]) server.send("CLIENT", "LIST"), UTF_8);
            assertThat(clients.lines()
                            .filter(line -> line.contains(" name=bounded "))
                            .count())
                    .isBetween(1L, 4L);
            assertThat(redis.command(Command.GET, KEY.get(0))).isEqualTo(bytes("4000"));
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void saysThatThePoolIsTooSmall() throws Exception {
        try (Redis redis = Redis.connect(RedisSettings.builder(server.url())
                .poolSize(1)
                .callTimeout(Duration.ofMillis(300))
                .patience(Duration.ofMillis(1))
                .build())) {
            LinkPool pool = redis.topology().pool(KEY.get(0));
            Link held = Objects.requireNonNull(pool.borrow(1));

            assertThatExceptionOfType(RedisUnavailableException.class)
                    .isThrownBy(() -> redis.command(Command.PING))
                    .satisfies(e -> assertThat(e.fault()).isEqualTo(RedisFault.POOL_EXHAUSTED));

            pool.giveBack(held);
            assertThat(redis.command(Command.PING)).isEqualTo(bytes("PONG"));
        }
    }

    @Test
    void callsOnAnInterruptedThreadAsLongAsItNeedNotWait() {
        try (Redis redis = Redis.connect(RedisSettings.of(server.url()))) {
            Thread.currentThread().interrupt();

            assertThat(redis.call(COUNT, KEY, List.of(bytes("5")))).isEqualTo(List.of(0L, 5L));
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void isLazyAndClosedForGood() {
        Redis redis = Redis.connect(RedisSettings.of("redis://127.0.0.1:1"));
        redis.close();
        redis.close();

        assertThatExceptionOfType(RedisUnavailableException.class)
                .isThrownBy(() -> redis.command(Command.PING))
                .satisfies(e -> assertThat(e.fault()).isEqualTo(RedisFault.CLOSED));
    }
}
