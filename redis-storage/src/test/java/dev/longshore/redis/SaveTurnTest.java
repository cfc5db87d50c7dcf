package dev.longshore.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.jobrunr.jobs.states.StateName.ENQUEUED;
import static org.jobrunr.jobs.states.StateName.PROCESSING;
import static org.jobrunr.jobs.states.StateName.SUCCEEDED;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.states.JobState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A running job is saved by its worker and by JobRunr's steward, as the same object on two threads. */
@Tag("redis")
@Timeout(120)
class SaveTurnTest {
    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    private static final int ROUNDS = 300;

    private final BlockingQueue<String> ran = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> go = new LinkedBlockingQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private TestPool pool;

    @BeforeEach
    void start() {
        pool = TestPool.start(TestPool.store(REDIS.url()), UnaryOperator.identity(), name -> {
            ran.add(name);
            go.take();
        });
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        pool.close();
    }

    private List<Job> running(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            pool.scheduler().enqueue(new TestPool.Ask("job " + i));
        }
        for (int i = 0; i < count; i++) {
            assertThat(ran.poll(30, SECONDS)).isNotNull();
        }
        return List.copyOf(pool.server().getJobSteward().getJobsInProgress());
    }

    @FunctionalInterface
    private interface Save {
        void save(RedisStorageProvider store) throws Exception;
    }

    private Future<?> again(CyclicBarrier together, Save save) {
        return threads.submit(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                together.await(30, SECONDS);
                save.save(pool.store());
            }
            return null;
        });
    }

    @Test
    void twoThreadsThatSaveARunningJobRefuseOneAnotherNothing() throws Exception {
        List<Job> jobs = running(3);
        List<Job> backwards = new ArrayList<>(jobs);
        Collections.reverse(backwards);
        CyclicBarrier together = new CyclicBarrier(4);

        List<Future<?>> saves = List.of(
                again(together, store -> store.save(jobs)),
                again(together, store -> store.save(backwards)),
                again(together, store -> store.save(jobs.get(0))),
                again(together, store -> store.save(jobs.get(2))));

        for (Future<?> save : saves) {
            save.get(60, SECONDS);
        }
        for (Job job : jobs) {
            Job stored = pool.store().getJobById(job.getId());
            assertThat(stored.getState()).isEqualTo(PROCESSING);
            assertThat(stored.getVersion()).isEqualTo(job.getVersion());
            go.add("on");
        }
        await().until(() -> pool.store().countJobs(SUCCEEDED) == jobs.size());
    }

    @Test
    void whatBecameOfAJobIsKeptWhenItIsSavedAsRunningAtThatInstant() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            Job job = running(1).get(0);
            CyclicBarrier together = new CyclicBarrier(2);
            Future<?> steward = threads.submit(() -> {
                together.await(30, SECONDS);
                while (job.getState() == PROCESSING) {
                    pool.store().save(List.of(job));
                }
                return null;
            });
            together.await(30, SECONDS);
            go.add("on");

            steward.get(30, SECONDS);
            await().pollInterval(Duration.ofMillis(1))
                    .until(() -> pool.store().getJobById(job.getId()).getState() == SUCCEEDED);
            assertThat(pool.store().getJobById(job.getId()).getJobStates())
                    .extracting(JobState::getName)
                    .containsExactly(ENQUEUED, PROCESSING, SUCCEEDED);
        }
        assertThat(ran).isEmpty();
    }
}
