package dev.longshore.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jobrunr.jobs.states.StateName.ENQUEUED;
import static org.jobrunr.jobs.states.StateName.PROCESSING;
import static org.jobrunr.jobs.states.StateName.SUCCEEDED;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobVersioner;
import org.jobrunr.jobs.RecurringJob;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.storage.Paging.AmountBasedList;
import org.jobrunr.storage.navigation.AmountRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;

/** Calls that are made again as the answer was lost, and what must not grow for ever. */
@Tag("redis")
@Timeout(60)
class RepeatedCallTest {
    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    private static final Keys KEYS = new Keys("jobrunr");

    private final RedisStorageProvider store = TestPool.store(REDIS.url());
    private final JobCodec codec =
            new JobCodec(new JobPacking("jobrunr", new JobBody(JobBody.DEFAULT_LIMIT), null, AllowedJobs.any()), 1000);

    RepeatedCallTest() {
        codec.use(SampleJobs.MAPPER);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private List<byte[]> saving(Job job) {
        try (JobVersioner versioner = new JobVersioner(job)) {
            List<byte[]> arguments = codec.arguments(job);
            versioner.commitVersion();
            return arguments;
        }
    }

    private void claim() {
        List<byte[]> arguments = List.of(
                Claim.by(UUID.randomUUID(), Instant.now()).bytes(),
                Bytes.of(Bytes.micros(Instant.now())),
                Bytes.of(10));
        assertThat((List<?>) REDIS.redis().call(Scripts.CLAIM, KEYS.all(), arguments))
                .hasSize(4);
    }

    @Test
    void aSaveWhoseJobWasClaimedBeforeItsRepeatIsNoConflictAndChangesNothing() {
        Job job = SampleJobs.job();
        List<byte[]> save = saving(job);
        assertThat(REDIS.redis().call(Scripts.SAVE, KEYS.all(), save)).isEqualTo(List.of());
        claim();

        assertThat(REDIS.redis().call(Scripts.SAVE, KEYS.all(), save)).isEqualTo(List.of());
        assertThat(store.getJobById(job.getId()).getState()).isEqualTo(PROCESSING);
        assertThat(store.countJobs(ENQUEUED)).isZero();
    }

    @Test
    void jobsThatEndedBeforeTheirInsertIsRepeatedAreNoConflictAndRanOnce() throws Exception {
        BlockingQueue<String> ran = new LinkedBlockingQueue<>();
        try (FaultProxy proxy = new FaultProxy(REDIS.server().port());
                RedisStorageProvider client = TestPool.store(proxy.url());
                TestPool pool = TestPool.start(TestPool.store(REDIS.url()), UnaryOperator.identity(), ran::add)) {
            JobRequestScheduler scheduler = new JobRequestScheduler(client);
            scheduler.enqueue(new TestPool.Ask("before"));
            assertThat(ran.poll(30, TimeUnit.SECONDS)).isEqualTo("before");

            proxy.cutAndRefuseAfter(0);
            CompletableFuture<Void> enqueued = CompletableFuture.runAsync(
                    () -> scheduler.enqueue(Stream.of("a", "b", "c").map(TestPool.Ask::new)));
            Waiting.until(() -> store.countJobs(SUCCEEDED) == 4, "all are done, and nobody has answered");
            assertThat(enqueued).isNotDone();
            proxy.heal();

            enqueued.get(30, TimeUnit.SECONDS);
            assertThat(ran).containsExactlyInAnyOrder("a", "b", "c");
            assertThat(store.countJobs(SUCCEEDED)).isEqualTo(4);
            assertThat(pool.store().countJobs(ENQUEUED)).isZero();
        }
    }

    @Test
    void anotherJobOfTheSameIdStaysAConflictOnceTheFirstIsClaimed() {
        Job job = SampleJobs.job();
        REDIS.redis().call(Scripts.SAVE, KEYS.all(), saving(job));
        claim();
        Job other = new Job(job.getId(), job.getJobDetails());
        other.setJobName("another");
        other.setLabels(List.of("queue:mail"));

        assertThat(REDIS.redis().call(Scripts.SAVE, KEYS.all(), saving(other))).isEqualTo(List.of(1L));
        Job ended = store.getJobById(job.getId());
        ended.succeeded();
        store.save(ended);
        assertThat(REDIS.redis().call(Scripts.SAVE, KEYS.all(), saving(new Job(job.getId(), job.getJobDetails()))))
                .isEqualTo(List.of(1L));
    }

    @Test
    void whatSucceededIsCountedOnce() {
        List<byte[]> call = List.of(Bytes.of(5), Bytes.of(UUID.randomUUID()));
        REDIS.redis().call(Scripts.SUCCEEDED, KEYS.all(), call);
        store.publishTotalAmountOfSucceededJobs(2);
        REDIS.redis().call(Scripts.SUCCEEDED, KEYS.all(), call);

        assertThat(store.getJobStats().getAllTimeSucceeded()).isEqualTo(7);
        for (int i = 0; i < 200; i++) {
            store.publishTotalAmountOfSucceededJobs(1);
        }
        assertThat(store.getJobStats().getAllTimeSucceeded()).isEqualTo(207);
        byte[] kept = (byte[]) REDIS.redis().command(Command.HGET, KEYS.of("statistics"), Bytes.of("succeeded-calls"));
        assertThat(kept).hasSize(1600);
    }

    private RecurringJob recurring(String id) {
        return new RecurringJob(id, SampleJobs.job().getJobDetails(), "0 0 * * *", "UTC", RecurringJob.CreatedBy.API);
    }

    private long numbers() {
        // Besides the counter, two fields for each.
        return ((Long) REDIS.redis().command(Command.HLEN, KEYS.of("recurring-numbers")) - 1) / 2;
    }

    @Test
    void theNumberOfARecurringJobGoesWithTheLastThatNeedsIt() {
        RecurringJob nightly = recurring("nightly");
        RecurringJob hourly = recurring("hourly");
        List<Job> came = new ArrayList<>();
        for (RecurringJob recurring : List.of(nightly, hourly)) {
            store.saveRecurringJob(recurring);
            Instant from = Instant.now();
            came.addAll(recurring.toScheduledJobs(from, from.plus(Duration.ofHours(25))));
        }
        store.save(came);
        assertThat(numbers()).isEqualTo(2);

        store.deleteRecurringJob("nightly");
        assertThat(numbers()).isEqualTo(2);
        came.stream()
                .filter(job -> job.getRecurringJobId().equals(java.util.Optional.of("nightly")))
                .forEach(job -> store.deletePermanently(job.getId()));
        assertThat(numbers()).isEqualTo(1);

        came.forEach(job -> store.deletePermanently(job.getId()));
        assertThat(numbers()).isEqualTo(1);
        store.deleteRecurringJob("hourly");
        assertThat(numbers()).isZero();
    }

    @Test
    void moreJobsThanCanBeSortedByTheirCreationAreRefusedInWords() {
        store.save(
                IntStream.rangeClosed(0, 10_000).mapToObj(i -> SampleJobs.job()).toList());

        assertThatThrownBy(() -> store.getJobList(ENQUEUED, new AmountRequest("createdAt:ASC", 10)))
                .isInstanceOf(JedisDataException.class)
                .hasMessageContaining("10001 (at most 10000)");
        assertThat(store.getJobList(ENQUEUED, AmountBasedList.ascOnUpdatedAt(10)))
                .hasSize(10);
    }
}
