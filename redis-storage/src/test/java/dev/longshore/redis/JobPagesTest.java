package dev.longshore.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.states.EnqueuedState;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.storage.navigation.OffsetBasedPageRequest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages over one queue, and over several, which no index holds together, against sorting everything. */
@Tag("redis")
class JobPagesTest {
    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void pagesAreWhatSortingAllJobsGives(int queues) {
        Random random = new Random(7);
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        try (RedisStorageProvider store = TestPool.store(REDIS.url())) {
            List<Job> jobs = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                // Few instants, so that many jobs share one.
                Instant at = start.plusMillis(random.nextInt(60));
                Job job = new Job(
                        new UUID(random.nextLong(), random.nextLong()),
                        0,
                        SampleJobs.job().getJobDetails(),
                        List.of(new EnqueuedState(at)),
                        new ConcurrentHashMap<>());
                job.setLabels(List.of("queue:q" + random.nextInt(queues)));
                jobs.add(job);
            }
            store.save(jobs);
            for (int round = 0; round < 200; round++) {
                long offset = random.nextInt(320);
                int limit = 1 + random.nextInt(40);
                boolean descending = random.nextBoolean();
                Instant before = random.nextInt(3) == 0 ? start.plusMillis(random.nextInt(60)) : null;
                OffsetBasedPageRequest request =
                        new OffsetBasedPageRequest("updatedAt:" + (descending ? "DESC" : "ASC"), offset, limit);
                List<Job> page = before == null
                        ? store.getJobList(StateName.ENQUEUED, request)
                        : store.getJobList(StateName.ENQUEUED, before, request);

                Comparator<Job> order = Comparator.comparing(Job::getUpdatedAt).thenComparing(JobPagesTest::unsigned);
                List<UUID> expected = jobs.stream()
                        .filter(job -> before == null || job.getUpdatedAt().isBefore(before))
                        .sorted(descending ? order.reversed() : order)
                        .skip(offset)
                        .limit(limit)
                        .map(Job::getId)
                        .toList();
                assertThat(page).extracting(Job::getId).isEqualTo(expected);
            }
        }
    }

    /** Ids sort by their bytes, which Java's UUIDs do not. */
    private static String unsigned(Job job) {
        return job.getId().toString();
    }
}
