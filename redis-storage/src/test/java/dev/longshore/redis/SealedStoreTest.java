package dev.longshore.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobrunr.jobs.states.StateName.ENQUEUED;
import static org.jobrunr.jobs.states.StateName.PROCESSING;
import static org.jobrunr.jobs.states.StateName.SUCCEEDED;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.RecurringJob;
import org.jobrunr.jobs.states.JobState;
import org.jobrunr.jobs.states.ProcessingState;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.scheduling.cron.Cron;
import org.jobrunr.storage.JobNotFoundException;
import org.jobrunr.storage.StorageException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.Protocol.Command;

@Tag("redis")
@Timeout(60)
class SealedStoreTest {
    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    private static final byte[] JOBS = new Keys("jobrunr").of("jobs");

    private final BlockingQueue<String> ran = new LinkedBlockingQueue<>();

    private static JobSeal seal(String id, int seed) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) seed);
        return JobSeal.of(id, key);
    }

    private static RedisStorageProvider store(JobSeal seal) {
        return TestPool.withMapper(
                RedisStorageProvider.builder(REDIS.url()).seal(seal).build());
    }

    @Test
    void aJobThatSomebodyElseWroteIsKeptAndNeverRun() throws InterruptedException {
        try (RedisStorageProvider store = store(seal("a", 1))) {
            JobRequestScheduler scheduler = new JobRequestScheduler(store);
            UUID forged = scheduler.enqueue(new TestPool.Ask("forged")).asUUID();
            byte[] record = (byte[]) REDIS.redis().command(Command.HGET, JOBS, Bytes.of(forged));
            record[record.length - 1] ^= 1;
            REDIS.redis().command(Command.HSET, JOBS, Bytes.of(forged), record);
            scheduler.enqueue(new TestPool.Ask("genuine"));

            try (TestPool pool = TestPool.start(store(seal("a", 1)), UnaryOperator.identity(), ran::add)) {
                assertThat(ran.poll(30, SECONDS)).isEqualTo("genuine");
                await().until(() -> pool.store().countJobs(SUCCEEDED) == 1);
            }
            assertThat(ran).isEmpty();
            assertThat(store.countJobs(ENQUEUED) + store.countJobs(PROCESSING)).isZero();
            assertThatThrownBy(() -> store.getJobById(forged)).isInstanceOf(JobNotFoundException.class);
            Quarantine.Page page = store.quarantine().list(0, 10);
            assertThat(page.all()).isEqualTo(1);
            assertThat(page.entries()).singleElement().satisfies(entry -> {
                assertThat(entry.name()).isEqualTo("job:" + forged);
                assertThat(entry.reason()).isEqualTo("its signature is wrong");
            });
            assertThat(store.quarantine().text("job:" + forged)).isPresent();
            assertThat(store.quarantine().discard("job:" + forged)).isTrue();
            assertThat(store.quarantine().discard("job:" + forged)).isFalse();
        }
    }

    @Test
    void withoutAMapperNoJobIsTakenForSuspect() {
        try (RedisStorageProvider store = store(seal("a", 1));
                RedisStorageProvider unready = RedisStorageProvider.builder(REDIS.url())
                        .seal(seal("a", 1))
                        .build()) {
            UUID id =
                    new JobRequestScheduler(store).enqueue(new TestPool.Ask("")).asUUID();
            assertThatThrownBy(() -> unready.getJobById(id))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no JobMapper yet");
            assertThat(store.getJobById(id).getState()).isEqualTo(ENQUEUED);
        }
    }

    @Test
    void aJobOfAClassThatIsNotAllowedIsKeptAndNeverRun() throws InterruptedException {
        try (RedisStorageProvider store = TestPool.store(REDIS.url())) {
            UUID refused = new JobRequestScheduler(store)
                    .enqueue(new SampleJobs.SendMail("someone", 1, List.of()))
                    .asUUID();
            new JobRequestScheduler(store).enqueue(new TestPool.Ask("allowed"));
            RedisStorageProvider restricted = TestPool.withMapper(RedisStorageProvider.builder(REDIS.url())
                    .allow(AllowedJobs.of(TestPool.Ask.class))
                    .build());
            try (TestPool pool = TestPool.start(restricted, UnaryOperator.identity(), ran::add)) {
                assertThat(ran.poll(30, SECONDS)).isEqualTo("allowed");
                assertThat(pool.store().quarantine().find("job:" + refused))
                        .get()
                        .extracting(Quarantine.Entry::reason)
                        .asString()
                        .startsWith("it is not allowed: ");
            }
        }
    }

    private static RedisStorageProvider restricted() {
        return TestPool.withMapper(RedisStorageProvider.builder(REDIS.url())
                .allow(AllowedJobs.of(TestPool.Ask.class))
                .build());
    }

    private static UUID mail(RedisStorageProvider store) {
        return new JobRequestScheduler(store)
                .enqueue(new SampleJobs.SendMail("someone", 1, List.of()))
                .asUUID();
    }

    private static RecurringJob daily(RedisStorageProvider store, String to) {
        new JobRequestScheduler(store)
                .scheduleRecurrently("daily", Cron.daily(), new SampleJobs.SendMail(to, 1, List.of()));
        return store.getRecurringJobs().get(0);
    }

    /** As while one process after the other is told of a new class: the old ones meet its jobs. */
    @Test
    void aJobIsPutBackOnceItsClassIsAllowed() throws InterruptedException {
        try (RedisStorageProvider store = TestPool.store(REDIS.url());
                RedisStorageProvider restricted = restricted()) {
            UUID id = mail(store);
            List<JobState> history = store.getJobById(id).getJobStates();
            // Claimed by the pool that refuses it.
            new JobRequestScheduler(store).enqueue(new TestPool.Ask("allowed"));
            try (TestPool pool = TestPool.start(restricted(), UnaryOperator.identity(), ran::add)) {
                assertThat(ran.poll(30, SECONDS)).isEqualTo("allowed");
            }

            assertThatThrownBy(() -> restricted.quarantine().restore("job:" + id))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("again: it is not allowed: ");
            assertThat(store.quarantine().restore("job:" + id)).isTrue();

            assertThat(store.getJobById(id).getState()).isEqualTo(ENQUEUED);
            assertThat(store.getJobById(id).getJobStates())
                    .usingRecursiveComparison()
                    .isEqualTo(history);
            assertThat(store.countJobs(ENQUEUED)).isEqualTo(1);
            assertThat(store.quarantine().find("job:" + id)).isEmpty();
            assertThat(store.quarantine().restore("job:" + id)).isFalse();
        }
    }

    @Test
    void aJobThatWasRunningIsPutBackIntoItsQueue() {
        try (RedisStorageProvider store = TestPool.store(REDIS.url());
                RedisStorageProvider restricted = restricted()) {
            Job running = store.getJobById(mail(store));
            store.save(JobCodec.with(
                    running, new ProcessingState(UUID.randomUUID(), "a server", Instant.now(), Instant.now())));
            assertThatThrownBy(() -> restricted.getJobById(running.getId())).isInstanceOf(JobNotFoundException.class);

            assertThat(store.quarantine().restore("job:" + running.getId())).isTrue();

            assertThat(store.getJobById(running.getId()).getState()).isEqualTo(ENQUEUED);
            assertThat(store.countJobs(PROCESSING)).isZero();
        }
    }

    @Test
    void aJobIsNotPutBackInThePlaceOfAnother() {
        try (RedisStorageProvider store = TestPool.store(REDIS.url());
                RedisStorageProvider restricted = restricted()) {
            UUID id = mail(store);
            assertThatThrownBy(() -> restricted.getJobById(id)).isInstanceOf(JobNotFoundException.class);
            new JobRequestScheduler(store).enqueue(id, new TestPool.Ask("another"));

            assertThatThrownBy(() -> store.quarantine().restore("job:" + id))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("another");

            assertThat(store.quarantine().find("job:" + id)).isPresent();
            assertThat(store.getJobById(id).getJobSignature()).contains("Ask");
        }
    }

    @Test
    void aRecurringJobIsPutBackUnlessThereIsAnother() {
        try (RedisStorageProvider store = TestPool.store(REDIS.url());
                RedisStorageProvider restricted = restricted()) {
            RecurringJob first = daily(store, "someone");
            assertThat(restricted.getRecurringJobs()).isEmpty();
            assertThatThrownBy(() -> restricted.quarantine().restore("recurring:daily"))
                    .hasMessageContaining("it is not allowed: ");

            assertThat(store.quarantine().restore("recurring:daily")).isTrue();

            assertThat(store.getRecurringJobs())
                    .singleElement()
                    .extracting(RecurringJob::getCreatedAt)
                    .isEqualTo(first.getCreatedAt());
            assertThat(store.recurringJobsUpdated(first.getCreatedAt().toEpochMilli()))
                    .isFalse();
            assertThat(restricted.getRecurringJobs()).isEmpty();
            daily(store, "another");
            assertThatThrownBy(() -> store.quarantine().restore("recurring:daily"))
                    .hasMessageContaining("there is another");
            assertThat(store.quarantine().list(0, 10).all()).isEqualTo(1);
        }
    }

    @Test
    void aJobMovedToAnotherIdIsNotRun() {
        try (RedisStorageProvider store = store(seal("a", 1))) {
            UUID id = new JobRequestScheduler(store)
                    .enqueue(new TestPool.Ask("moved"))
                    .asUUID();
            UUID other = UUID.randomUUID();
            byte[] record = (byte[]) REDIS.redis().command(Command.HGET, JOBS, Bytes.of(id));
            REDIS.redis().command(Command.HSET, JOBS, Bytes.of(other), record);
            assertThatThrownBy(() -> store.getJobById(other)).isInstanceOf(JobNotFoundException.class);
            assertThat(store.quarantine().find("job:" + other)).isPresent();
            assertThat(store.getJobById(id).getState()).isEqualTo(ENQUEUED);
        }
    }

    @Test
    void whoHasNotTheKeysOfTheStoreIsToldAndTouchesNothing() {
        try (RedisStorageProvider store = store(seal("a", 1))) {
            UUID id =
                    new JobRequestScheduler(store).enqueue(new TestPool.Ask("")).asUUID();
            try (RedisStorageProvider none = TestPool.store(REDIS.url());
                    RedisStorageProvider other = store(seal("b", 2));
                    RedisStorageProvider same = store(seal("a", 2))) {
                assertThatThrownBy(() -> none.getJobById(id))
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining("no keys are given here");
                assertThatThrownBy(() -> other.getJobById(id)).hasMessageContaining("the key a is missing");
                assertThatThrownBy(() -> same.getJobById(id)).hasMessageContaining("another value");
            }
            assertThat(store.getJobById(id).getState()).isEqualTo(ENQUEUED);
            assertThat(store.quarantine().list(0, 1).all()).isZero();
        }
    }

    @Test
    void keysAreRotatedWithJobsWaiting() {
        byte[] old = new byte[32];
        Arrays.fill(old, (byte) 1);
        UUID id;
        try (RedisStorageProvider before = store(seal("old", 1))) {
            id = new JobRequestScheduler(before).enqueue(new TestPool.Ask("")).asUUID();
        }
        try (RedisStorageProvider both = store(seal("new", 2).andVerifying("old", old))) {
            both.save(both.getJobById(id));
        }
        try (RedisStorageProvider after = store(seal("new", 2))) {
            assertThat(after.getJobById(id).getState()).isEqualTo(ENQUEUED);
        }
    }
}
