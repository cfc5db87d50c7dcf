package dev.longshore.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobrunr.jobs.states.StateName.DELETED;
import static org.jobrunr.jobs.states.StateName.ENQUEUED;
import static org.jobrunr.jobs.states.StateName.FAILED;
import static org.jobrunr.jobs.states.StateName.PROCESSING;
import static org.jobrunr.jobs.states.StateName.SUCCEEDED;
import static org.jobrunr.scheduling.JobBuilder.aJob;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.filters.ElectStateFilter;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.RegisterExtension;

/** JobRunr's poll is ten minutes away in all of these: what happens, happens because somebody was told. */
@Tag("redis")
@Timeout(60)
class RedisWorkersTest {
    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    private final BlockingQueue<String> ran = new LinkedBlockingQueue<>();

    private TestPool pool(UnaryOperator<RedisWorkers> workers, TestPool.Work work) {
        return TestPool.start(TestPool.store(REDIS.url()), workers, work);
    }

    @Test
    void aJobRunsOnceItIsEnqueuedByAnotherProcess() throws InterruptedException {
        try (TestPool pool = pool(UnaryOperator.identity(), ran::add);
                RedisStorageProvider other = TestPool.store(REDIS.url())) {
            await().until(pool.server()::isAnnounced);
            UUID id = new JobRequestScheduler(other)
                    .enqueue(new TestPool.Ask("hello"))
                    .asUUID();

            assertThat(ran.poll(30, SECONDS)).isEqualTo("hello");
            await().until(() -> other.getJobById(id).getState() == SUCCEEDED);
        }
    }

    @Test
    void noMoreJobsAreProcessingThanThereAreWorkers() throws InterruptedException {
        Semaphore go = new Semaphore(0);
        long most = 0;
        try (TestPool pool = pool(UnaryOperator.identity(), name -> {
            go.acquire();
            ran.add(name);
        })) {
            pool.scheduler().enqueue(IntStream.range(0, 200).mapToObj(i -> new TestPool.Ask("" + i)));
            await().until(() -> pool.store().countJobs(PROCESSING) == 4);
            for (int done = 0; done < 200; done++) {
                go.release();
                ran.take();
                most = Math.max(most, pool.store().countJobs(PROCESSING));
            }
            await().until(() -> pool.store().countJobs(SUCCEEDED) == 200);
            // The one whose end is not saved yet counts as PROCESSING, and has its worker until it is.
            assertThat(most).isBetween(1L, 4L);
        }
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "there are no virtual threads before Java 21")
    void jobsRunOnVirtualThreads() throws InterruptedException {
        try (TestPool pool = pool(
                RedisWorkers::onVirtualThreads,
                name -> ran.add(Thread.currentThread().toString()))) {
            pool.scheduler().enqueue(new TestPool.Ask(""));
            assertThat(ran.poll(30, SECONDS)).startsWith("VirtualThread");
        }
    }

    @Test
    void workersOfTwoServersAreNotShared() {
        try (TestPool pool = pool(UnaryOperator.identity(), ran::add)) {
            RedisWorkers workers = pool.store().workers(1);
            workers.toWorkDistributionStrategy(pool.server());
            assertThatThrownBy(() -> workers.toWorkDistributionStrategy(pool.server()))
                    .hasMessageContaining("one RedisWorkers for each server");
        }
    }

    @Test
    void aScheduledJobRunsWhenItIsDueAndNotBefore() throws InterruptedException {
        try (TestPool pool =
                pool(UnaryOperator.identity(), name -> ran.add(Instant.now().toString()))) {
            await().until(pool.server()::isAnnounced);
            Instant due = Instant.now().plusMillis(1500);
            pool.scheduler().schedule(due, new TestPool.Ask(""));

            assertThat(Instant.parse(ran.poll(30, SECONDS))).isAfterOrEqualTo(due);
        }
    }

    @Test
    void deletingARunningJobInterruptsIt() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        try (TestPool pool = pool(UnaryOperator.identity(), name -> {
                    started.countDown();
                    try {
                        new Semaphore(0).acquire();
                    } catch (InterruptedException e) {
                        ran.add("interrupted");
                        throw e;
                    }
                });
                RedisStorageProvider other = TestPool.store(REDIS.url())) {
            UUID id = pool.scheduler().enqueue(new TestPool.Ask("")).asUUID();
            assertThat(started.await(30, SECONDS)).isTrue();
            // Known to JobRunr's steward a moment before the handler starts; the message must find it there.
            Job job = other.getJobById(id);
            job.delete("not wanted any more");
            other.save(job);

            assertThat(ran.poll(30, SECONDS)).isEqualTo("interrupted");
            await().until(() -> other.countJobs(DELETED) == 1 && other.countJobs(PROCESSING) == 0);
        }
    }

    @Test
    void aJobThatIsDeletedAfterItWasClaimedIsInterruptedWhenItStarts() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch claimed = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        ElectStateFilter hold = (job, next) -> {
            if (job.getState() == PROCESSING && job.getJobName().equals("held")) {
                claimed.countDown();
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        TestPool.Work work = name -> {
            running.countDown();
            try {
                new Semaphore(0).acquire();
            } catch (InterruptedException e) {
                ran.add("interrupted " + name);
                throw e;
            }
        };
        try (TestPool pool =
                        TestPool.start(TestPool.store(REDIS.url()), UnaryOperator.identity(), work, List.of(hold));
                RedisStorageProvider other = TestPool.store(REDIS.url())) {
            UUID sign = pool.scheduler().enqueue(new TestPool.Ask("sign")).asUUID();
            assertThat(running.await(30, SECONDS)).isTrue();
            UUID held = pool.scheduler()
                    .create(aJob().withName("held").withJobRequest(new TestPool.Ask("held")))
                    .asUUID();
            assertThat(claimed.await(30, SECONDS)).isTrue();
            for (UUID id : List.of(held, sign)) {
                Job job = other.getJobById(id);
                job.delete("not wanted any more");
                other.save(job);
            }
            // It was told of the second after the first.
            assertThat(ran.poll(30, SECONDS)).isEqualTo("interrupted sign");
            go.countDown();

            assertThat(ran.poll(30, SECONDS)).isEqualTo("interrupted held");
            await().until(() -> other.countJobs(DELETED) == 2 && other.countJobs(PROCESSING) == 0);
        }
    }

    @Test
    void livingServersAreToldWithTheQueuesTheyTakeJobsFrom() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (RedisStorageProvider store = TestPool.store(REDIS.url())) {
            assertThat(store.livingServers()).isEmpty();
            TestPool all = TestPool.start(
                    TestPool.withMapper(RedisStorageProvider.builder(REDIS.url())
                            .heartbeat(Duration.ofSeconds(1))
                            .build()),
                    UnaryOperator.identity(),
                    name -> {
                        started.countDown();
                        go.await();
                    });
            try (all) {
                Waiting.until(() -> store.livingServers().size() == 1, "the first lives");
                assertThat(store.livingServers().get(0).takesFrom("anything")).isTrue();
                try (TestPool some = pool(
                        workers -> workers.takingFrom(QueueSelection.byWeight(Map.of("b", 2, "a", 1))), ran::add)) {
                    Waiting.until(() -> store.livingServers().size() == 2, "the second lives");
                    assertThat(store.livingServers())
                            .extracting(LivingServer::queues)
                            .containsExactlyInAnyOrder(Optional.empty(), Optional.of(java.util.Set.of("a", "b")));
                    assertThat(store.livingServers())
                            .extracting(LivingServer::name)
                            .containsOnly(some.server().getConfiguration().getName());
                }
                assertThat(store.livingServers()).hasSize(1);
                UUID id = all.scheduler().enqueue(new TestPool.Ask("")).asUUID();
                assertThat(started.await(30, SECONDS)).isTrue();
                assertThat(store.getJobById(id)
                                .<org.jobrunr.jobs.states.ProcessingState>getJobState()
                                .getServerName())
                        .isEqualTo(all.server().getConfiguration().getName());

                Thread stop = new Thread(all.server()::stop);
                stop.start();
                Waiting.until(
                        () -> store.livingServers().stream().noneMatch(server -> server.takesFrom("anything")),
                        "one that stops takes nothing");
                go.countDown();
                stop.join();
            }
        }
    }

    @Test
    void aServerThatStopsGivesBackWhatDoesNotEndInTimeAndUsesUpNoRetry() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        RedisStorageProvider other = TestPool.store(REDIS.url());
        UUID id;
        try (TestPool pool = pool(UnaryOperator.identity(), name -> {
            started.countDown();
            new Semaphore(0).acquire();
        })) {
            id = pool.scheduler().enqueue(new TestPool.Ask("again")).asUUID();
            assertThat(started.await(30, SECONDS)).isTrue();
        }
        Job job = other.getJobById(id);
        assertThat(job.getState()).isEqualTo(ENQUEUED);
        assertThat(job.getJobStates()).noneMatch(state -> state.getName() == FAILED);

        try (TestPool second = TestPool.start(other, UnaryOperator.identity(), ran::add)) {
            assertThat(ran.poll(30, SECONDS)).isEqualTo("again");
            await().until(() -> second.store().getJobById(id).getState() == SUCCEEDED);
        }
    }

    @Test
    void workersTakeJobsOfTheirQueuesOnlyAndInTheirOrder() throws InterruptedException {
        try (RedisStorageProvider before = TestPool.store(REDIS.url())) {
            var scheduler = new JobRequestScheduler(before);
            scheduler.create(aJob().withLabels("queue:slow").withJobRequest(new TestPool.Ask("slow")));
            scheduler.create(aJob().withLabels("queue:urgent").withJobRequest(new TestPool.Ask("urgent")));
            scheduler.create(aJob().withJobRequest(new TestPool.Ask("other")));
        }
        RedisStorageProvider store = TestPool.store(REDIS.url());
        // One worker: with more, both would run at once.
        RedisWorkers one = store.workers(1).takingFrom(QueueSelection.inOrder(List.of("urgent", "slow")));
        try (TestPool pool = TestPool.start(store, unused -> one, ran::add)) {
            assertThat(ran.poll(30, SECONDS)).isEqualTo("urgent");
            assertThat(ran.poll(30, SECONDS)).isEqualTo("slow");
            await().until(() -> pool.store().countJobs(SUCCEEDED) == 2);
            assertThat(pool.store().countJobs(ENQUEUED)).isEqualTo(1);
        }
    }

    @Test
    void aPausedQueueWaitsAndGoesOnWhenItIsResumed() throws InterruptedException {
        try (TestPool pool = pool(UnaryOperator.identity(), ran::add)) {
            pool.store().queues().pause(JobQueues.DEFAULT);
            pool.scheduler().enqueue(new TestPool.Ask("later"));
            pool.scheduler().create(aJob().withLabels("queue:other").withJobRequest(new TestPool.Ask("now")));

            assertThat(ran.poll(30, SECONDS)).isEqualTo("now");
            assertThat(pool.store().queues().list())
                    .filteredOn(queue -> queue.name().equals(JobQueues.DEFAULT))
                    .singleElement()
                    .satisfies(queue -> {
                        assertThat(queue.paused()).isTrue();
                        assertThat(queue.waiting()).isEqualTo(1);
                        assertThat(queue.oldest()).isPresent();
                    });
            pool.store().queues().resume(JobQueues.DEFAULT);
            assertThat(ran.poll(30, SECONDS)).isEqualTo("later");
        }
    }

    @Test
    void noMoreJobsOfALimitedQueueRunThanItAllowsOverAllWorkers() throws InterruptedException {
        Semaphore go = new Semaphore(0);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        TestPool.Work work = name -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            go.acquire();
            running.decrementAndGet();
            ran.add(name);
        };
        try (TestPool one = pool(UnaryOperator.identity(), work);
                TestPool two = pool(UnaryOperator.identity(), work)) {
            one.store().queues().limit("docker", OptionalInt.of(2));
            one.scheduler()
                    .create(IntStream.range(0, 20)
                            .mapToObj(i -> aJob().withLabels("queue:docker").withJobRequest(new TestPool.Ask("" + i))));
            for (int done = 0; done < 20; done++) {
                int expected = Math.min(2, 20 - done);
                await().until(() -> running.get() == expected);
                go.release();
                assertThat(ran.poll(30, SECONDS)).isNotNull();
            }
            await().until(() -> two.store().countJobs(SUCCEEDED) == 20);
        }
        assertThat(most.get()).isEqualTo(2);
    }

    @Test
    void jobsOfAQueueWithARateStartNoFaster() throws InterruptedException {
        try (TestPool pool =
                pool(UnaryOperator.identity(), name -> ran.add(Instant.now().toString()))) {
            pool.store()
                    .queues()
                    .limitRate(JobQueues.DEFAULT, Optional.of(new JobQueues.Rate(2, Duration.ofSeconds(1))));
            pool.scheduler().enqueue(IntStream.range(0, 6).mapToObj(i -> new TestPool.Ask("" + i)));
            List<Instant> starts = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                starts.add(Instant.parse(ran.poll(30, SECONDS)));
            }
            starts.sort(Comparator.naturalOrder());
            // Two at once, and then one each half second: the sixth not before two seconds, less what claiming itself
            // took.
            assertThat(Duration.between(starts.get(0), starts.get(5))).isGreaterThan(Duration.ofMillis(1700));
        }
    }

    @Test
    void everyQueueOfAWeightedSelectionHasItsTurn() {
        QueueSelection selection = QueueSelection.byWeight(Map.of("often", 3, "seldom", 1));
        int often = 0;
        for (int i = 0; i < 4000; i++) {
            List<String> order = selection.inOrder();
            assertThat(order).containsExactlyInAnyOrder("often", "seldom");
            often += order.get(0).equals("often") ? 1 : 0;
        }
        // 3000 expected, with a deviation of 27.
        assertThat(often).isBetween(2800, 3200);
    }

    @Test
    void jobsThatAreClaimedWhileTheServerIsPausedAreNotStranded() throws InterruptedException {
        CountDownLatch claimed = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        ElectStateFilter hold = (job, next) -> {
            if (job.getState() == PROCESSING && claimed.getCount() > 0) {
                claimed.countDown();
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        try (TestPool pool =
                TestPool.start(TestPool.store(REDIS.url()), UnaryOperator.identity(), ran::add, List.of(hold))) {
            pool.scheduler().enqueue(new TestPool.Ask("claimed"));
            assertThat(claimed.await(30, SECONDS)).isTrue();
            Thread pause = new Thread(pool.server()::pauseProcessing);
            pause.start();
            await().until(() ->
                    pause.getState() == Thread.State.TIMED_WAITING || pause.getState() == Thread.State.TERMINATED);
            go.countDown();
            pause.join();
            assertThat(ran.poll(30, SECONDS)).isEqualTo("claimed");
            await().until(() -> pool.store().countJobs(SUCCEEDED) == 1);
        }
    }

    @Test
    void nobodySpinsWhileAllWorkersAreBusyAndARateWouldLetMoreThrough() throws InterruptedException {
        Semaphore go = new Semaphore(0);
        try (TestPool pool = pool(
                workers -> workers.takingFrom(QueueSelection.inOrder(List.of(JobQueues.DEFAULT, "other"))), name -> {
                    ran.add(name);
                    go.acquire();
                })) {
            pool.store()
                    .queues()
                    .limitRate(JobQueues.DEFAULT, Optional.of(new JobQueues.Rate(1, Duration.ofSeconds(3))));
            // The second waits for a token, and then, as the last worker is taken as well, for a worker.
            pool.scheduler().enqueue(IntStream.range(0, 2).mapToObj(i -> new TestPool.Ask("limited")));
            pool.scheduler()
                    .create(IntStream.range(0, 3)
                            .mapToObj(i -> aJob().withLabels("queue:other").withJobRequest(new TestPool.Ask("other"))));
            for (int i = 0; i < 4; i++) {
                assertThat(ran.poll(30, SECONDS)).isNotNull();
            }
            Thread feeder = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("backgroundjob-feeder"))
                    .findFirst()
                    .orElseThrow();
            Waiting.pass(Duration.ofSeconds(4));
            ThreadMXBean times = ManagementFactory.getThreadMXBean();
            long before = times.getThreadCpuTime(feeder.getId());
            Waiting.pass(Duration.ofSeconds(2));
            assertThat(times.getThreadCpuTime(feeder.getId()) - before)
                    .isLessThan(Duration.ofMillis(100).toNanos());
            go.release(5);
            assertThat(ran.poll(30, SECONDS)).isEqualTo("limited");
        }
    }

    @Test
    void anErrorOfAFilterKeepsNoLaterJobFromRunning() throws InterruptedException {
        AtomicBoolean thrown = new AtomicBoolean();
        ElectStateFilter broken = (job, state) -> {
            if (job.getState() == PROCESSING && thrown.compareAndSet(false, true)) {
                throw new NoClassDefFoundError("what a filter needs");
            }
        };
        try (TestPool pool =
                TestPool.start(TestPool.store(REDIS.url()), UnaryOperator.identity(), ran::add, List.of(broken))) {
            pool.scheduler().enqueue(new TestPool.Ask("first"));
            await().untilTrue(thrown);

            pool.scheduler().enqueue(new TestPool.Ask("second"));

            assertThat(ran.poll(30, SECONDS)).isEqualTo("second");
        }
    }
}
