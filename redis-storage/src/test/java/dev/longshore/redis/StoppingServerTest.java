package dev.longshore.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jobrunr.jobs.states.StateName.ENQUEUED;
import static org.jobrunr.jobs.states.StateName.FAILED;
import static org.jobrunr.jobs.states.StateName.PROCESSING;

import ch.qos.logback.classic.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.filters.RetryFilter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that are stopped while something else goes wrong. */
@Tag("redis")
@Timeout(90)
class StoppingServerTest {
    @TempDir
    private Path directory;

    private RedisServer redis;
    private TestPool pool;
    private UUID running;

    private final CountDownLatch started = new CountDownLatch(1);

    @BeforeEach
    @SuppressWarnings("NullAway.Init") // JUnit calls it first
    void run() throws Exception {
        redis = RedisServer.startDurable(directory);
        RedisStorageProvider store = TestPool.withMapper(RedisStorageProvider.builder(redis.url())
                .heartbeat(Duration.ofSeconds(1))
                .build());
        TestPool.Work endless = name -> {
            started.countDown();
            new Semaphore(0).acquire();
        };
        // With retries, of which none may be used up.
        pool = TestPool.start(store, UnaryOperator.identity(), endless, List.of(new RetryFilter(3)));
        running = pool.scheduler().enqueue(new TestPool.Ask("")).asUUID();
        assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @AfterEach
    void close() throws InterruptedException {
        pool.close();
        redis.close();
    }

    @Test
    void whatRunsIsGivenBackAlsoWhenTheStopIsInterrupted() throws InterruptedException {
        Thread stop = new Thread(pool.server()::stop);
        stop.start();
        Waiting.until(() -> stop.getState() == Thread.State.TIMED_WAITING, "it waits for the job to end");
        stop.interrupt();
        stop.join();

        try (RedisStorageProvider other = TestPool.store(redis.url())) {
            Job job = other.getJobById(running);
            assertThat(job.getState()).isEqualTo(ENQUEUED);
            assertThat(job.getJobStates()).noneMatch(state -> state.getName() == FAILED);
        }
    }

    @Test
    void aRedisThatIsAwayKeepsNoServerFromStopping() throws Exception {
        redis.kill();
        long begun = System.nanoTime();
        try (LogWatch log = new LogWatch(RedisWorkers.class)) {
            pool.server().stop();
            assertThat(log.at(Level.WARN)).anyMatch(line -> line.contains("come back to their queues"));
        }
        // 2 s for the job, 5 s for Redis, and what JobRunr itself gives its heartbeat: 10 s.
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMinutes(1));

        redis.restart();
        try (RedisStorageProvider other = TestPool.withMapper(RedisStorageProvider.builder(redis.url())
                        .heartbeat(Duration.ofSeconds(1))
                        .build());
                TestPool second = TestPool.start(
                        other, workers -> workers.takingFrom(QueueSelection.inOrder(List.of("none"))), name -> {})) {
            assertThat(second.store().getJobById(running).getState()).isIn(PROCESSING, ENQUEUED);
            Waiting.until(() -> second.store().getJobById(running).getState() != PROCESSING, "its lease is over");
            Job job = second.store().getJobById(running);
            assertThat(job.getState()).isEqualTo(ENQUEUED);
            assertThat(job.getJobStates()).noneMatch(state -> state.getName() == FAILED);
        }
    }
}
