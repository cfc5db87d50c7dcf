package dev.longshore.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.jobrunr.jobs.states.StateName.SUCCEEDED;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.context.JobContext;
import org.jobrunr.server.runner.ThreadLocalJobContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Jobs that grow, while they run, beyond what the store keeps. */
@Tag("redis")
@Timeout(60)
class LargeJobsTest {
    private static final int LARGEST = 20_000;

    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    private final BlockingQueue<String> ran = new LinkedBlockingQueue<>();

    private static TestPool start(TestPool.Work work) {
        return TestPool.start(
                TestPool.withMapper(RedisStorageProvider.builder(REDIS.url())
                        .largestJob(LARGEST)
                        .build()),
                UnaryOperator.identity(),
                work);
    }

    @Test
    void aLogThatIsTooLargeLosesItsOldestLinesAndNotTheJobsOutcome() {
        try (TestPool pool = start(name -> {
            JobContext context = ThreadLocalJobContext.getJobContext();
            for (int i = 1; i <= 500; i++) {
                context.logger().info("line " + i + " of a log that says much of little");
            }
        })) {
            UUID id = pool.scheduler().enqueue(new TestPool.Ask("talker")).asUUID();

            await().until(() -> pool.store().getJobById(id).getState() == SUCCEEDED);

            Job job = pool.store().getJobById(id);
            assertThat(DashboardLog.longest(job)).isBetween(20, 250);
            assertThat(job.getMetadata().toString()).isNotEmpty();
        }
    }

    @Test
    void aRunningJobThatIsTooLargeKeepsNoOtherFromBeingSaved() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        try (TestPool pool = start(name -> {
            JobContext context = ThreadLocalJobContext.getJobContext();
            if (name.equals("large")) {
                context.saveMetadata("much", "x".repeat(2 * LARGEST));
            }
            ran.add(name);
            go.await();
        })) {
            UUID large = pool.scheduler().enqueue(new TestPool.Ask("large")).asUUID();
            UUID small = pool.scheduler().enqueue(new TestPool.Ask("small")).asUUID();
            assertThat(List.of(ran.poll(30, SECONDS), ran.poll(30, SECONDS)))
                    .containsExactlyInAnyOrder("large", "small");
            List<Job> running = List.copyOf(pool.server().getJobSteward().getJobsInProgress());
            int before = pool.store().getJobById(small).getVersion();

            // What JobRunr does at each poll, where it stops the server if that fails again and again.
            pool.store().save(running);
            pool.store().save(running);

            assertThat(pool.store().getJobById(small).getVersion()).isEqualTo(before + 2);
            assertThat(running)
                    .filteredOn(job -> job.getId().equals(large))
                    .extracting(Job::getVersion)
                    .containsExactly(pool.store().getJobById(large).getVersion());
            go.countDown();
            await().until(() -> pool.store().getJobById(small).getState() == SUCCEEDED);
        }
    }
}
