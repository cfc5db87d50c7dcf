package dev.longshore.redis;

import static dev.longshore.redis.RedisTest.COUNT;
import static dev.longshore.redis.RedisTest.KEY;
import static dev.longshore.redis.RedisTest.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;

/** Calls to a Redis that goes away, hangs, is full, or refuses. */
@Tag("redis")
class RedisFaultTest {
    private static final Duration SHORT = Duration.ofMillis(500);

    @TempDir
    private Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private RedisServer server;
    private LogWatch log;

    @BeforeEach
    void start() throws Exception {
        server = RedisServer.startDurable(directory.resolve("redis"));
        log = new LogWatch();
    }

    @AfterEach
    void stop() throws Exception {
        threads.shutdownNow();
        log.close();
        server.close();
    }

    private static RedisSettings.Builder quick(String url) {
        return RedisSettings.builder(url).callTimeout(SHORT).patience(Duration.ofSeconds(20));
    }

    private CompletableFuture<Object> increment(Redis redis) {
        return CompletableFuture.supplyAsync(() -> redis.call(COUNT, KEY, List.of(bytes("1"))), threads);
    }

    private void awaitOutage(Redis redis) throws InterruptedException {
        Waiting.until(() -> redis.outages().current() != null, "an outage begins");
    }

    private void assertToldOnce(String words) {
        assertThat(log.at(Level.WARN)).singleElement().asString().contains(words);
        assertThat(log.at(Level.INFO)).singleElement().asString().contains("can be used again after");
    }

    @Test
    void waitsForARedisThatIsRestarted() throws Exception {
        try (Redis redis = Redis.connect(quick(server.url()).build())) {
            redis.call(COUNT, KEY, List.of(bytes("1")));
            server.kill();
            List<CompletableFuture<Object>> waiting =
                    IntStream.range(0, 30).mapToObj(i -> increment(redis)).toList();
            awaitOutage(redis);

            server.restart();

            for (CompletableFuture<Object> call : waiting) {
                call.get(20, TimeUnit.SECONDS);
            }
            assertThat(redis.command(Command.GET, KEY.get(0))).isEqualTo(bytes("31"));
            assertToldOnce("connection refused. Start Redis");
        }
    }

    @Test
    void doesNotMentionARestartThatNoCallHasMet() throws Exception {
        try (Redis redis = Redis.connect(quick(server.url()).build())) {
            redis.call(COUNT, KEY, List.of(bytes("1")));
            server.kill();
            server.restart();
            server.awaitReady();

            assertThat(redis.call(COUNT, KEY, List.of(bytes("1")))).isEqualTo(List.of(1L, 2L));
            assertThat(log.at(Level.WARN)).isEmpty();
        }
    }

    @Test
    void waitsForARedisThatHangs() throws Exception {
        try (Redis redis = Redis.connect(quick(server.url()).build())) {
            redis.call(COUNT, KEY, List.of(bytes("1")));
            server.pause();
            CompletableFuture<Object> call = increment(redis);
            awaitOutage(redis);

            server.resume();

            // Redis may have got the request more than once: at least once is what is promised.
            assertThat((List<?>) call.get(20, TimeUnit.SECONDS)).hasSize(2);
            assertToldOnce("no answer in time");
        }
    }

    @Test
    void repeatsACallWhoseAnswerWasCutInTheMiddle() throws Exception {
        server.send("SET", "big", "x".repeat(100_000));
        try (FaultProxy proxy = new FaultProxy(server.port());
                Redis redis = Redis.connect(quick(proxy.url()).build())) {
            redis.command(Command.PING);
            proxy.cutAfter(50_000);

            assertThat(redis.command(Command.GET, bytes("big"))).isEqualTo(bytes("x".repeat(100_000)));
            assertThat(proxy.accepted()).isEqualTo(2);
        }
    }

    @Test
    void repeatsOnlyWhatABrokenBatchHasNotAnswered() throws Exception {
        try (FaultProxy proxy = new FaultProxy(server.port());
                Redis redis = Redis.connect(quick(proxy.url()).build())) {
            redis.call(COUNT, KEY, List.of(bytes("0")));
            // So few that all are sent before the first answer comes.
            proxy.cutAfter(300);

            List<Object> answers = redis.callAll(
                    COUNT,
                    KEY,
                    IntStream.range(0, 50).mapToObj(i -> List.of(bytes("1"))).toList());

            assertThat(answers).hasSize(50).doesNotContainNull();
            // Those answered before the cut keep their answers.
            assertThat(answers.get(0)).isEqualTo(List.of(0L, 1L));
            assertThat(answers.get(10)).isEqualTo(List.of(10L, 11L));
            // Those after it ran twice, and have the answers of the second time.
            assertThat(redis.command(Command.GET, KEY.get(0))).isNotEqualTo(bytes("50"));
            assertThat(proxy.accepted()).isEqualTo(2);
        }
    }

    @Test
    void endsACallWhoseAnswerTricklesIn() throws Exception {
        server.send("SET", "big", "x".repeat(2_000_000));
        try (FaultProxy proxy = new FaultProxy(server.port());
                Redis redis = Redis.connect(RedisSettings.builder(proxy.url())
                        .callTimeout(SHORT)
                        .patience(Duration.ofMillis(1))
                        .build())) {
            redis.command(Command.PING);
            // Each read gets something in time, but the whole would take many times as long.
            proxy.delay(Duration.ofMillis(150));

            assertThatExceptionOfType(RedisUnavailableException.class)
                    .isThrownBy(() -> redis.command(Command.GET, bytes("big")))
                    .satisfies(e -> assertThat(e.fault()).isEqualTo(RedisFault.TIMEOUT));
        }
    }

    @Test
    void givesUpWhenPatienceEnds() throws Exception {
        server.kill();
        try (Redis redis = Redis.connect(RedisSettings.builder(server.url())
                .patience(Duration.ofMillis(700))
                .build())) {
            assertThatExceptionOfType(RedisUnavailableException.class)
                    .isThrownBy(() -> redis.call(COUNT, KEY, List.of(bytes("1"))))
                    .withMessageContainingAll("redis://127.0.0.1", "test-count.lua", "refused", "Start Redis")
                    .satisfies(e -> {
                        assertThat(e.fault()).isEqualTo(RedisFault.REFUSED);
                        assertThat(e.attempts()).isGreaterThan(2);
                        assertThat(e.waited()).isBetween(Duration.ofMillis(700), Duration.ofSeconds(30));
                        assertThat(e.operation()).isEqualTo("test-count.lua");
                        assertThat(e.getCause()).isNotNull();
                    });
        }
    }

    @Test
    void waitsOnOneOfJobRunrsThreadsAsLongAsItTakes() throws Exception {
        server.kill();
        ExecutorService worker = Executors.newSingleThreadExecutor(work -> new Thread(work, "backgroundjob-worker-1"));
        try (Redis redis = Redis.connect(RedisSettings.builder(server.url())
                .patience(Duration.ofMillis(1))
                .build())) {
            CompletableFuture<Object> call =
                    CompletableFuture.supplyAsync(() -> redis.call(COUNT, KEY, List.of(bytes("1"))), worker);
            awaitOutage(redis);
            assertThatThrownBy(() -> redis.command(Command.PING)).isInstanceOf(RedisUnavailableException.class);
            assertThat(call).isNotDone();

            server.restart();

            assertThat(call.get(20, TimeUnit.SECONDS)).isEqualTo(List.of(0L, 1L));
        } finally {
            worker.shutdownNow();
        }
    }

    @Test
    void endsAllWaitsWhenClosed() throws Exception {
        Redis redis = Redis.connect(RedisSettings.builder(server.url())
                .poolSize(2)
                .callTimeout(Duration.ofMinutes(4))
                .build());
        redis.command(Command.PING);
        server.pause();
        // Two in the midst of a call, the others in line for a connection.
        List<CompletableFuture<Object>> calls =
                IntStream.range(0, 6).mapToObj(i -> increment(redis)).toList();
        LinkPool pool = redis.topology().pool(KEY.get(0));
        Waiting.until(() -> pool.waiting() == 4, "four wait for a connection");

        redis.close();

        for (CompletableFuture<Object> call : calls) {
            assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            RedisUnavailableException.class,
                            e -> assertThat(e.fault()).isEqualTo(RedisFault.CLOSED));
        }
        assertThat(pool.openLinks()).isZero();
    }

    @Test
    void endsAPauseWhenClosed() throws Exception {
        server.kill();
        Redis redis = Redis.connect(RedisSettings.builder(server.url())
                .backoff(Duration.ofMinutes(1), Duration.ofMinutes(1))
                .patience(Duration.ofMinutes(5))
                .build());
        CompletableFuture<Object> call = increment(redis);
        awaitOutage(redis);

        redis.close();

        assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(RedisUnavailableException.class);
    }

    @Test
    void endsAPauseWhenInterrupted() throws Exception {
        server.kill();
        try (Redis redis = Redis.connect(RedisSettings.builder(server.url())
                .backoff(Duration.ofMinutes(1), Duration.ofMinutes(1))
                .patience(Duration.ofMinutes(5))
                .build())) {
            assertEndsWhenInterrupted(redis, Duration.ofSeconds(1), () -> awaitOutage(redis));
        }
    }

    @Test
    void endsTheWaitForAnAnswerWhenInterrupted() throws Exception {
        try (Redis redis = Redis.connect(RedisSettings.of(server.url()))) {
            redis.command(Command.PING);
            server.pause();
            // That a thread waits for an answer shows nowhere; should the interrupt come before, the outcome is the
            // same.
            assertEndsWhenInterrupted(redis, Duration.ofSeconds(2), () -> Waiting.pass(Duration.ofMillis(100)));
        }
    }

    private interface Moment {
        void await() throws InterruptedException;
    }

    private void assertEndsWhenInterrupted(Redis redis, Duration within, Moment moment) throws Exception {
        CompletableFuture<Object> ended = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                ended.complete(redis.call(COUNT, KEY, List.of(bytes("1"))));
            } catch (RedisUnavailableException e) {
                ended.complete(Thread.currentThread().isInterrupted() ? e.fault() : "the interrupt was swallowed");
            }
        });
        caller.start();
        moment.await();

        caller.interrupt();

        assertThat(ended.get(within.toMillis(), TimeUnit.MILLISECONDS)).isEqualTo(RedisFault.INTERRUPTED);
    }

    @Test
    void waitsWhileRedisIsFull() throws Exception {
        server.send("SET", "ballast", "x".repeat(3_000_000));
        server.send("CONFIG", "SET", "maxmemory", "2mb");
        try (Redis redis = Redis.connect(quick(server.url()).build())) {
            CompletableFuture<Object> call = increment(redis);
            awaitOutage(redis);
            assertThat(redis.outages().current()).isEqualTo(RedisFault.OUT_OF_MEMORY);
            // It reads all the while, which is no sign that it is well again.
            redis.command(Command.GET, KEY.get(0));
            assertThat(redis.outages().current()).isEqualTo(RedisFault.OUT_OF_MEMORY);

            server.send("DEL", "ballast");

            assertThat(call.get(20, TimeUnit.SECONDS)).isEqualTo(List.of(0L, 1L));
            assertToldOnce("out of memory. Raise maxmemory");
        }
    }

    @Test
    void waitsWhileRedisIsAReadOnlyReplica() throws Exception {
        server.send("REPLICAOF", RedisServer.HOST, "1");
        try (Redis redis = Redis.connect(quick(server.url()).build())) {
            CompletableFuture<Object> call = increment(redis);
            awaitOutage(redis);
            assertThat(redis.outages().current()).isEqualTo(RedisFault.READ_ONLY);

            server.send("REPLICAOF", "NO", "ONE");

            assertThat(call.get(20, TimeUnit.SECONDS)).isEqualTo(List.of(0L, 1L));
            assertToldOnce("read-only replica");
        }
    }

    @Test
    void waitsWhileTooFewReplicasFollow() throws Exception {
        server.send("CONFIG", "SET", "min-replicas-to-write", "1");
        try (Redis redis = Redis.connect(quick(server.url()).build())) {
            CompletableFuture<Object> call = increment(redis);
            awaitOutage(redis);
            assertThat(redis.outages().current()).isEqualTo(RedisFault.NO_REPLICAS);

            server.send("CONFIG", "SET", "min-replicas-to-write", "0");

            assertThat(call.get(20, TimeUnit.SECONDS)).isEqualTo(List.of(0L, 1L));
        }
    }

    @Test
    void waitsWhileRedisLoads() throws Exception {
        assumeTrue(server.isRedis7(), "an older Redis cannot be told to answer often while it loads");
        server.send("EVAL", "for i = 1, 20000 do redis.call('SET', 'key:' .. i, string.rep('x', 100)) end", "0");
        server.send("SET", KEY_NAME, "7");
        server.send("CONFIG", "SET", "appendonly", "no");
        server.send("CONFIG", "SET", "appendonly", "yes");
        awaitRewritten();
        server.kill();
        // Slowly, and answering all the while.
        server.relaunch("--key-load-delay", "50", "--loading-process-events-interval-bytes", "2048");
        server.awaitOpen();
        try (Redis redis = Redis.connect(quick(server.url()).build())) {
            CompletableFuture<Object> call = increment(redis);

            assertThat(call.get(20, TimeUnit.SECONDS)).isEqualTo(List.of(7L, 8L));
            assertToldOnce("loading its data");
        }
    }

    private static final String KEY_NAME = new String(KEY.get(0), java.nio.charset.StandardCharsets.UTF_8);

    private void awaitRewritten() throws InterruptedException {
        Waiting.until(
                () -> {
                    String info = Bytes.text(server.send("INFO", "persistence"));
                    return info.contains("aof_rewrite_in_progress:0") && info.contains("aof_rewrite_scheduled:0");
                },
                "the AOF is written");
    }

    private boolean isBusy() {
        try {
            server.send("PING");
            return false;
        } catch (JedisDataException e) {
            return String.valueOf(e.getMessage()).startsWith("BUSY");
        }
    }

    @Test
    void waitsWhileAScriptKeepsRedisBusy() throws Exception {
        server.send("CONFIG", "SET", "lua-time-limit", "50");
        try (Redis redis = Redis.connect(quick(server.url()).build())) {
            redis.command(Command.PING);
            CompletableFuture<Object> endless =
                    CompletableFuture.supplyAsync(() -> server.send("EVAL", "while true do end", "0"), threads);
            Waiting.until(this::isBusy, "Redis says that it is busy");
            CompletableFuture<Object> call = increment(redis);
            awaitOutage(redis);
            assertThat(redis.outages().current()).isIn(RedisFault.BUSY, RedisFault.TIMEOUT);

            server.send("SCRIPT", "KILL");

            assertThat(call.get(20, TimeUnit.SECONDS)).isEqualTo(List.of(0L, 1L));
            assertThat(endless).failsWithin(Duration.ofSeconds(5));
        }
    }

    @Test
    void noticesABlackHole() throws Exception {
        try (FaultProxy proxy = new FaultProxy(server.port());
                Redis redis = Redis.connect(quick(proxy.url()).build())) {
            redis.command(Command.PING);
            proxy.blackHole();
            CompletableFuture<Object> call = increment(redis);
            awaitOutage(redis);
            assertThat(redis.outages().current()).isEqualTo(RedisFault.TIMEOUT);

            proxy.heal();

            assertThat((List<?>) call.get(20, TimeUnit.SECONDS)).hasSize(2);
        }
    }

    @Test
    void closesConnectionsThatRedisClosedWhileIdle() throws Exception {
        try (Redis redis = Redis.connect(quick(server.url()).build())) {
            redis.command(Command.PING);
            server.send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");

            assertThat(redis.command(Command.PING)).isEqualTo(bytes("PONG"));
            assertThat(log.at(Level.WARN)).isEmpty();
        }
    }
}
