package dev.longshore.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jobrunr.jobs.states.StateName.ENQUEUED;
import static org.jobrunr.jobs.states.StateName.PROCESSING;
import static org.jobrunr.jobs.states.StateName.SUCCEEDED;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jobrunr.jobs.Job;
import org.jobrunr.storage.ConcurrentJobModificationException;
import org.jobrunr.storage.JobNotFoundException;
import org.jobrunr.storage.Paging.AmountBasedList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.Protocol.Command;

/** What is no job stands in the place of one: it is kept, never run, and costs no other job anything. */
@Tag("redis")
@Timeout(60)
class DamagedRecordsTest {
    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    private static final Keys KEYS = new Keys("jobrunr");

    private final RedisStorageProvider store = TestPool.store(REDIS.url());

    @AfterEach
    void close() {
        store.close();
    }

    static Stream<Arguments> damages() {
        byte[] recurring = new byte[28];
        recurring[0] = 'E';
        recurring[14] = 1;
        byte[] unknown = new byte[40];
        unknown[0] = 'X';
        byte[] elsewhere = new byte[40];
        elsewhere[0] = 'U';
        return Stream.of(
                Arguments.of("empty", Bytes.NONE),
                Arguments.of("shorter than a head", Bytes.of("E3456789012345".substring(0, 14))),
                Arguments.of("a head without its instant", recurring),
                Arguments.of("of no known state", unknown),
                Arguments.of("of a state that it does not stand in", elsewhere));
    }

    private UUID add(String name) {
        Job job = SampleJobs.job();
        job.setJobName(name);
        job.setLabels(List.of("queue:default"));
        return store.save(job).getId();
    }

    private void damage(UUID job, byte[] record) {
        REDIS.redis().command(Command.HSET, KEYS.of("jobs"), Bytes.of(job), record);
    }

    private static List<byte[]> claimArguments() {
        return List.of(
                Claim.by(UUID.randomUUID(), Instant.now()).bytes(),
                Bytes.of(Bytes.micros(Instant.now())),
                Bytes.of(10));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("damages")
    void aClaimPutsItAsideAndTakesTheOthers(String name, byte[] record) throws InterruptedException {
        BlockingQueue<String> ran = new LinkedBlockingQueue<>();
        UUID damaged;
        try (RedisStorageProvider before = TestPool.store(REDIS.url())) {
            var scheduler = new org.jobrunr.scheduling.JobRequestScheduler(before);
            scheduler.enqueue(new TestPool.Ask("first"));
            damaged = scheduler.enqueue(new TestPool.Ask("damaged")).asUUID();
            scheduler.enqueue(new TestPool.Ask("last"));
        }
        damage(damaged, record);
        try (TestPool pool = TestPool.start(TestPool.store(REDIS.url()), UnaryOperator.identity(), ran::add)) {
            assertThat(Stream.of(ran.poll(30, TimeUnit.SECONDS), ran.poll(30, TimeUnit.SECONDS)))
                    .containsExactlyInAnyOrder("first", "last");
            Waiting.until(() -> pool.store().countJobs(SUCCEEDED) == 2, "both are saved");
            assertThat(pool.store().countJobs(ENQUEUED) + pool.store().countJobs(PROCESSING))
                    .isZero();
            assertThat(pool.store().quarantine().find("job:" + damaged)).isPresent();
            assertThat(pool.store().quarantine().text("job:" + damaged)).isPresent();
        }
        assertThat(ran).isEmpty();
    }

    @Test
    void aJobOfAnIdThatIsNoneIsPutAsideAndMayBeDiscarded() {
        UUID whole = add("whole");
        byte[] foreign = Bytes.of("foreign");
        byte[] record = (byte[]) REDIS.redis().command(Command.HGET, KEYS.of("jobs"), Bytes.of(whole));
        REDIS.redis().command(Command.HSET, KEYS.of("jobs"), foreign, record);
        REDIS.redis().command(Command.ZADD, Bytes.of(KEYS + "queue:default"), Bytes.of("1"), foreign);

        List<?> answer = (List<?>) REDIS.redis().call(Scripts.CLAIM, KEYS.all(), claimArguments());

        assertThat(answer).hasSize(2 + 2 * 2);
        assertThat(store.getJobById(whole).getState()).isEqualTo(PROCESSING);
        assertThat(store.quarantine().list(0, 10).entries())
                .extracting(Quarantine.Entry::name)
                .containsExactly("job:666f726569676e");
        assertThat(store.quarantine().discard("job:666f726569676e")).isTrue();
    }

    @Test
    void theLatestAreKeptInQuarantineAndAllAreCounted() {
        REDIS.redis().command(Command.EVAL, Bytes.of("""
                        for i = 1, 10000 do
                          redis.call('HSET', KEYS[1], 'recurring:' .. i, 'no entry of ours')
                          redis.call('ZADD', KEYS[1] .. '-times', i, 'recurring:' .. i)
                        end
                        """), Bytes.of(1), KEYS.of("quarantine"));
        UUID damaged = add("damaged");
        damage(damaged, Bytes.of("E"));

        assertThatThrownBy(() -> store.getJobById(damaged)).isInstanceOf(JobNotFoundException.class);

        Quarantine.Page page = store.quarantine().list(0, 2);
        assertThat(page.all()).isEqualTo(10_000);
        assertThat(page.ever()).isEqualTo(1);
        assertThat(page.entries())
                .extracting(Quarantine.Entry::name)
                .containsExactly("job:" + damaged, "recurring:10000");
        assertThat(store.quarantine().find("recurring:1")).isEmpty();
        assertThat(store.quarantine().find("recurring:2"))
                .get()
                .extracting(Quarantine.Entry::reason)
                .asString()
                .contains("it was not this store");
    }

    @Test
    void aRunningJobThatSomebodyQueuesOnceMoreRunsOnAndOnce() {
        UUID running = add("running");
        REDIS.redis().call(Scripts.CLAIM, KEYS.all(), claimArguments());
        REDIS.redis().command(Command.ZADD, Bytes.of(KEYS + "queue:default"), Bytes.of("1"), Bytes.of(running));

        List<?> answer = (List<?>) REDIS.redis().call(Scripts.CLAIM, KEYS.all(), claimArguments());

        assertThat(answer).hasSize(2);
        assertThat(store.getJobById(running).getState()).isEqualTo(PROCESSING);
        assertThat(store.countJobs(PROCESSING)).isEqualTo(1);
    }

    @Test
    void aPageLeavesItOutAndPutsItAside() {
        add("whole");
        UUID damaged = add("damaged");
        damage(damaged, Bytes.of("E"));

        assertThat(store.getJobList(ENQUEUED, AmountBasedList.ascOnUpdatedAt(10)))
                .extracting(Job::getJobName)
                .containsExactly("whole");
        assertThat(store.countJobs(ENQUEUED)).isEqualTo(1);
        assertThatThrownBy(() -> store.getJobById(damaged)).isInstanceOf(JobNotFoundException.class);
    }

    @Test
    void aDamagedRunningJobFreesItsPlaceInALimitedQueue() {
        store.queues().limit(JobQueues.DEFAULT, OptionalInt.of(1));
        UUID damaged = add("damaged");
        REDIS.redis().call(Scripts.CLAIM, KEYS.all(), claimArguments());
        damage(damaged, Bytes.of("P"));
        assertThatThrownBy(() -> store.getJobById(damaged)).isInstanceOf(JobNotFoundException.class);

        UUID next = add("next");
        REDIS.redis().call(Scripts.CLAIM, KEYS.all(), claimArguments());

        assertThat(store.getJobById(next).getState()).isEqualTo(PROCESSING);
    }

    @Test
    void whoSavesTheJobThatWasDamagedIsToldThatItIsGone() {
        UUID id = add("damaged");
        Job own = store.getJobById(id);
        damage(id, Bytes.of("E"));
        own.delete("by hand");

        assertThatThrownBy(() -> store.save(own)).isInstanceOf(ConcurrentJobModificationException.class);
        assertThat(store.quarantine().find("job:" + id)).isPresent();
        assertThat(store.countJobs(ENQUEUED)).isZero();
    }

    @Test
    void removingTheJobsOfAStateIsNotEndedByIt() {
        UUID damaged = add("damaged");
        add("whole");
        damage(damaged, Bytes.NONE);

        store.deleteJobsPermanently(ENQUEUED, Instant.now().plusSeconds(60));

        assertThat(store.countJobs(ENQUEUED)).isZero();
        assertThat(store.quarantine().find("job:" + damaged)).isPresent();
    }

    @Test
    void aClaimOfNothingIsForgottenAndBringsNothingBack() {
        UUID waiting = add("waiting");
        byte[] stranger = Claim.by(UUID.randomUUID(), Instant.EPOCH).bytes();
        byte[] holder = Bytes.of(UUID.randomUUID());
        claim(waiting, stranger);
        claim(UUID.randomUUID(), stranger);
        claim(UUID.randomUUID(), Arrays.copyOf(holder, 20));

        List<?> first = beat(holder);
        // No lease holds at first, and the others get time to come back.
        REDIS.redis().command(Command.HDEL, KEYS.of("statistics"), Bytes.of("grace"));
        List<?> second = beat(holder);

        assertThat(first).hasSize(1);
        assertThat(second).hasSize(1);
        assertThat(REDIS.redis().command(Command.HLEN, KEYS.of("claims"))).isEqualTo(0L);
        assertThat(store.getJobById(waiting).getState()).isEqualTo(ENQUEUED);
    }

    private static void claim(UUID job, byte[] claim) {
        REDIS.redis().command(Command.HSET, KEYS.of("claims"), Bytes.of(job), claim);
    }

    private static List<?> beat(byte[] holder) {
        return (List<?>) REDIS.redis().call(Scripts.BEAT, KEYS.all(), List.of(holder, Bytes.of(5_000), Bytes.NONE));
    }

    @Test
    void oneQueueTooManySaysSo() {
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i <= 1_000; i++) {
            Job job = SampleJobs.job();
            job.setLabels(List.of("queue:" + i));
            jobs.add(job);
        }

        assertThatThrownBy(() -> store.save(jobs)).hasStackTraceContaining("TOOMANY queues: 1000 is the most");
    }
}
