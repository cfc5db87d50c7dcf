package dev.longshore.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;
import static org.jobrunr.jobs.states.StateName.ENQUEUED;
import static org.jobrunr.jobs.states.StateName.FAILED;
import static org.jobrunr.jobs.states.StateName.PROCESSING;
import static org.jobrunr.jobs.states.StateName.SUCCEEDED;
import static org.jobrunr.scheduling.JobBuilder.aJob;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.filters.ElectStateFilter;
import org.jobrunr.jobs.filters.JobServerFilter;
import org.jobrunr.jobs.states.EnqueuedState;
import org.jobrunr.jobs.states.ScheduledState;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Jobs whose worker is gone. A worker that dies is played by a claim that nobody keeps alive. */
@Tag("redis")
@Timeout(60)
class LostJobsTest {
    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    private final BlockingQueue<String> ran = new LinkedBlockingQueue<>();

    private RedisStorageProvider store() {
        return TestPool.withMapper(RedisStorageProvider.builder(REDIS.url())
                .heartbeat(Duration.ofSeconds(1))
                .build());
    }

    /** Claims what is enqueued, as a worker would that dies then. */
    private void claimAndDie(int expected) {
        List<?> answer = (List<?>) REDIS.redis()
                .call(
                        Scripts.CLAIM,
                        new Keys("jobrunr").all(),
                        List.of(
                                Claim.by(UUID.randomUUID(), Instant.now()).bytes(),
                                Bytes.of(Bytes.micros(Instant.now())),
                                Bytes.of(10)));
        assertThat(answer).hasSize(2 + 2 * expected);
    }

    @Test
    void aJobOfALostWorkerRunsElsewhereAndHasUsedUpNoRetry() throws InterruptedException {
        try (RedisStorageProvider store = store()) {
            UUID id = new JobRequestScheduler(store)
                    .enqueue(new TestPool.Ask("lost"))
                    .asUUID();
            claimAndDie(1);
            assertThat(store.getJobById(id).getState()).isEqualTo(PROCESSING);
            try (TestPool pool = TestPool.start(store(), UnaryOperator.identity(), ran::add)) {
                assertThat(ran.poll(30, SECONDS)).isEqualTo("lost");
                await().until(() -> pool.store().getJobById(id).getState() == SUCCEEDED);
                Job job = pool.store().getJobById(id);
                assertThat(job.getJobStates()).noneMatch(state -> state.getName() == FAILED);
                assertThat(job.getJobStatesOfType(ScheduledState.class))
                        .extracting(ScheduledState::getReason)
                        .containsExactly("Given back: its worker stopped answering");
            }
        }
    }

    @Test
    void aJobThatLosesItsWorkerAgainAndAgainCountsAsFailed() throws InterruptedException {
        try (TestPool pool = TestPool.start(
                store(), workers -> workers.takingFrom(QueueSelection.inOrder(List.of("none"))), ran::add)) {
            UUID id = pool.scheduler().enqueue(new TestPool.Ask("killer")).asUUID();
            for (int loss = 0; loss <= Heartbeat.MOST_LOSSES; loss++) {
                claimAndDie(1);
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> pool.store().getJobById(id).getState() != PROCESSING);
            }
            assertThat(pool.store().getJobById(id).getJobStates()).anyMatch(state -> state.getName() == FAILED);
        }
    }

    @Test
    void aLivingWorkerKeepsItsJobHoweverLongItTakes() throws InterruptedException {
        BlockingQueue<String> go = new LinkedBlockingQueue<>();
        try (TestPool one = TestPool.start(store(), UnaryOperator.identity(), name -> {
                    ran.add("one");
                    go.take();
                });
                TestPool two = TestPool.start(
                        store(),
                        workers -> workers.takingFrom(QueueSelection.inOrder(List.of("none"))),
                        name -> ran.add("two"))) {
            UUID id = one.scheduler().enqueue(new TestPool.Ask("")).asUUID();
            assertThat(ran.poll(30, SECONDS)).isEqualTo("one");
            // Several heartbeats: what is to be shown is that nothing happens.
            Waiting.pass(Duration.ofSeconds(4));
            assertThat(two.store().getJobById(id).getJobStates()).hasSize(2);
            go.add("on");
            await().until(() -> two.store().getJobById(id).getState() == SUCCEEDED);
            assertThat(ran).isEmpty();
        }
    }

    @Test
    void aRunningJobThatIsEnqueuedAgainInTheSameProcessStaysWithItsWorker() throws InterruptedException {
        BlockingQueue<String> go = new LinkedBlockingQueue<>();
        UUID id = UUID.randomUUID();
        try (TestPool pool = TestPool.start(store(), UnaryOperator.identity(), name -> {
            ran.add(name);
            go.take();
        })) {
            pool.scheduler().enqueue(id, new TestPool.Ask("once"));
            assertThat(ran.poll(30, SECONDS)).isEqualTo("once");
            pool.scheduler().enqueue(id, new TestPool.Ask("once"));
            // Several heartbeats: what is to be shown is that nothing happens.
            Waiting.pass(Duration.ofSeconds(4));
            assertThat(ran).isEmpty();
            go.add("on");
            await().until(() -> pool.store().getJobById(id).getState() == SUCCEEDED);
        }
    }

    @Test
    void aJobThatEndsInTheGraceTimeOfItsStoppingServerRunsNowhereElse() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        try (TestPool one = TestPool.start(store(), UnaryOperator.identity(), name -> {
                    ran.add("one");
                    go.await();
                });
                TestPool two = TestPool.start(
                        store(),
                        workers -> workers.takingFrom(QueueSelection.inOrder(List.of("none"))),
                        name -> ran.add("two"))) {
            UUID id = one.scheduler().enqueue(new TestPool.Ask("")).asUUID();
            assertThat(ran.poll(30, SECONDS)).isEqualTo("one");
            await().until(two.server()::isAnnounced);
            Thread stop = new Thread(one.server()::stop);
            stop.start();
            // Past the lease, within the two seconds that this server's jobs get.
            Waiting.pass(Duration.ofMillis(1700));
            assertThat(two.store().getJobById(id).getState()).isEqualTo(PROCESSING);
            go.countDown();
            await().until(() -> two.store().getJobById(id).getState() == SUCCEEDED);
            stop.join();
        }
    }

    @Test
    void aJobThatCannotBeSavedKeepsNoneFromRunningThatWasClaimedWithIt() throws InterruptedException {
        ElectStateFilter refuse = (job, next) -> {
            if (job.getState() == PROCESSING && job.getJobName().equals("bad")) {
                job.delete("x".repeat(JobBody.DEFAULT_LIMIT + 1));
            }
        };
        try (RedisStorageProvider store = store()) {
            new JobRequestScheduler(store)
                    .create(Stream.of("bad", "good")
                            .map(name -> aJob().withName(name).withJobRequest(new TestPool.Ask(name))));
            try (TestPool pool = TestPool.start(store(), UnaryOperator.identity(), ran::add, List.of(refuse))) {
                assertThat(ran.poll(20, SECONDS)).isEqualTo("good");
                await().until(() -> pool.store().countJobs(SUCCEEDED) == 1);
            }
        }
    }

    @Test
    void aJobThatEndsItsThreadComesBackAndInTheEndCountsAsFailed() throws InterruptedException {
        JobServerFilter broken = new JobServerFilter() {
            @Override
            public void onProcessingSucceeded(Job job) {
                throw new NoClassDefFoundError("what a filter needs");
            }
        };
        try (TestPool pool = TestPool.start(store(), UnaryOperator.identity(), ran::add, List.of(broken))) {
            UUID id = pool.scheduler().enqueue(new TestPool.Ask("")).asUUID();

            await().atMost(Duration.ofSeconds(40))
                    .until(() -> pool.store().getJobById(id).getState() == FAILED);

            assertThat(pool.store().getJobById(id).getJobStatesOfType(ScheduledState.class))
                    .extracting(ScheduledState::getReason)
                    .hasSize(Heartbeat.MOST_LOSSES)
                    .containsOnly("Given back: it ended its worker's thread");
        }
    }

    /** As after a process was frozen for longer than a heartbeat, and nobody has taken the job since. */
    @Test
    void aServerWhoseRunningJobWasGivenBackGoesOn() throws InterruptedException {
        BlockingQueue<String> go = new LinkedBlockingQueue<>();
        try (TestPool pool = TestPool.start(store(), UnaryOperator.identity(), name -> {
                    ran.add(name);
                    go.take();
                });
                RedisStorageProvider other = store()) {
            UUID id = pool.scheduler().enqueue(new TestPool.Ask("once more")).asUUID();
            assertThat(ran.poll(30, SECONDS)).isEqualTo("once more");
            List<Job> running = List.copyOf(pool.server().getJobSteward().getJobsInProgress());
            assertThat(running).hasSize(1);
            other.queues().pause(JobQueues.DEFAULT);
            other.save(JobCodec.with(other.getJobById(id), new EnqueuedState(Instant.now())));

            // What JobRunr does at each poll, where it stops the server if that fails again and again.
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() ->
                            assertThatCode(() -> pool.store().save(running)).doesNotThrowAnyException());

            assertThat(other.getJobById(id).getState()).isEqualTo(ENQUEUED);
            go.add("the first");
            go.add("the second");
            other.queues().resume(JobQueues.DEFAULT);
            await().until(() -> other.getJobById(id).getState() == SUCCEEDED);
            assertThat(ran.poll(30, SECONDS)).isEqualTo("once more");
        }
    }
}
