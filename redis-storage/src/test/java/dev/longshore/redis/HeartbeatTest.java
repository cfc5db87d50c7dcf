package dev.longshore.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.jobrunr.jobs.states.StateName.ENQUEUED;
import static org.jobrunr.jobs.states.StateName.FAILED;
import static org.jobrunr.jobs.states.StateName.PROCESSING;
import static org.jobrunr.jobs.states.StateName.SUCCEEDED;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobDetails;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.storage.BackgroundJobServerStatus;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.Protocol.Command;

/** Single heartbeats, each at a moment that is hard to hit: of a server that was not started, so that no other comes. */
@Tag("redis")
@Timeout(60)
class HeartbeatTest {
    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    private static final Duration LEASE = Duration.ofSeconds(5);

    private final Keys keys = new Keys("jobrunr");
    private final Clock clock = Clock.systemUTC();
    private RedisStorageProvider store = TestPool.store(REDIS.url());
    private BackgroundJobServer server = server(store);
    private ServerSession session = new ServerSession(server);

    @BeforeEach
    void connect() {
        store = TestPool.store(REDIS.url());
        server = server(store);
        session = new ServerSession(server);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static BackgroundJobServer server(RedisStorageProvider store) {
        return new BackgroundJobServer(
                store,
                new JacksonJsonMapper(),
                null,
                BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration());
    }

    private JobStore jobs(int largest) {
        JobPacking packing = new JobPacking("jobrunr", new JobBody(largest), null, AllowedJobs.any());
        JobCodec codec = new JobCodec(packing, 1000);
        codec.use(SampleJobs.MAPPER);
        return new JobStore(
                REDIS.redis(),
                keys,
                codec,
                new SealCheck(REDIS.redis(), keys, null),
                new Quarantine(REDIS.redis(), keys, clock));
    }

    private Heartbeat heartbeat(int largest) {
        return new Heartbeat(REDIS.redis(), keys, jobs(largest), LEASE, clock);
    }

    private Heartbeat heartbeat() {
        return heartbeat(JobBody.DEFAULT_LIMIT);
    }

    private static Job job(String to) {
        Job job = new Job(new JobDetails(new SampleJobs.SendMail(to, 1, List.of())));
        job.setJobName("mail");
        return job;
    }

    private List<Job> claim(Claim claim, int most) {
        List<Job> claimed = new ArrayList<>();
        JobStore.Claimed some;
        do {
            some = jobs(JobBody.DEFAULT_LIMIT).claim(claim, most, List.of());
            claimed.addAll(some.jobs());
        } while (some.more());
        return claimed;
    }

    private Claim claimOf(ServerSession by, Duration ago) {
        return Claim.by(by.holder(), Bytes.instant(Bytes.micros(clock.instant().minus(ago))));
    }

    @Test
    void aClaimThatBeganLongAgoIsNotLostWhileItsAnswerIsOnItsWay() {
        UUID id = store.save(job("a")).getId();
        Claim claim = claimOf(session, Duration.ofMinutes(1));
        session.claimBegins(claim);
        claim(claim, 10);
        heartbeat().beat(session);
        assertThat(store.getJobById(id).getState()).isEqualTo(PROCESSING);

        // It came, with nothing in it: an earlier answer to the same claim must have been lost.
        session.claimEnds(claim);
        heartbeat().beat(session);
        assertThat(store.getJobById(id).getState()).isEqualTo(ENQUEUED);
    }

    @Test
    void aServerKeepsAllItsJobsHoweverManyThereAre() {
        store.save(IntStream.range(0, 1500).mapToObj(i -> job("" + i)).toList());
        List<Job> claimed = claim(claimOf(session, Duration.ofMinutes(1)), 500);
        session.claimed(claimed, clock.instant().minus(Duration.ofMinutes(1)));
        heartbeat().beat(session);
        assertThat(session.takeAll()).hasSize(1500);
    }

    @Test
    void workersThatAreStoppedOrderlyAreNoFaultOfTheirJob() {
        UUID id = store.save(job("long")).getId();
        for (int stop = 0; stop < 2 * Heartbeat.MOST_LOSSES; stop++) {
            claim(claimOf(session, Duration.ZERO), 10);
            heartbeat().giveBackJobs(List.of(store.getJobById(id)), Heartbeat.STOPPED);
        }
        Job job = store.getJobById(id);
        assertThat(job.getState()).isEqualTo(ENQUEUED);
        assertThat(job.getJobStates()).noneMatch(state -> state.getName() == FAILED);
    }

    @Test
    void aLostJobThatHasGrownTooLargeIsPutAsideAndKeepsNoOtherFromComingBack() {
        Job largest = store.save(job("x".repeat(5000)));
        UUID large = largest.getId();
        UUID small = store.save(job("small")).getId();
        claim(claimOf(session, Duration.ofMinutes(1)), 10);
        heartbeat(SampleJobs.MAPPER.serializeJob(largest).length()).beat(session);
        assertThat(store.getJobById(small).getState()).isEqualTo(ENQUEUED);
        assertThat(store.countJobs(PROCESSING)).isZero();
        assertThat(store.quarantine().find("job:" + large))
                .get()
                .extracting(Quarantine.Entry::reason)
                .asString()
                .startsWith("the job takes ");
    }

    @Test
    void lossesBeforeAJobWasEnqueuedAgainByHandDoNotCount() {
        UUID id = store.save(job("killer")).getId();
        for (int loss = 0; loss <= Heartbeat.MOST_LOSSES; loss++) {
            assertThat(store.getJobById(id).getState()).isEqualTo(ENQUEUED);
            loseOnce();
        }
        Job failed = store.getJobById(id);
        assertThat(failed.getState()).isEqualTo(FAILED);

        failed.enqueue();
        store.save(failed);
        for (int loss = 0; loss < Heartbeat.MOST_LOSSES; loss++) {
            loseOnce();
            assertThat(store.getJobById(id).getState()).isEqualTo(ENQUEUED);
        }
        loseOnce();
        assertThat(store.getJobById(id).getState()).isEqualTo(FAILED);
    }

    private void loseOnce() {
        assertThat(claim(claimOf(session, Duration.ofMinutes(1)), 10)).hasSize(1);
        heartbeat().beat(session);
    }

    @Test
    void whatANewServerClaimsIsItsOwnFromTheFirstMomentOn() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        RedisStorageProvider slow = TestPool.withMapper(RedisStorageProvider.builder(REDIS.url())
                .heartbeat(Duration.ofMinutes(10))
                .build());
        try (TestPool first = TestPool.start(
                slow, workers -> workers.takingFrom(QueueSelection.inOrder(List.of("none"))), name -> {})) {
            await().until(() -> (Long) REDIS.redis().command(Command.ZCARD, keys.of("leases")) == 1);
            // The store's next heartbeat, which would tell of the second server too, is minutes away.
            try (TestPool second = TestPool.start(slow, UnaryOperator.identity(), name -> {
                started.countDown();
                go.await();
            })) {
                UUID id = second.scheduler().enqueue(new TestPool.Ask("")).asUUID();
                assertThat(started.await(30, SECONDS)).isTrue();
                endGrace();
                heartbeat().beat(session);
                assertThat(store.getJobById(id).getState()).isEqualTo(PROCESSING);
                go.countDown();
                await().until(() -> store.getJobById(id).getState() == SUCCEEDED);
            }
        }
    }

    @Test
    void workersAreToldWhenARunningJobOfALimitedQueueIsRemovedForGood() throws InterruptedException {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        RedisListener listener = new RedisListener() {
            @Override
            public void message(byte[] payload) {
                told.add(String.valueOf((char) payload[0]));
            }

            @Override
            public void resubscribed() {
                told.add("listening");
            }
        };
        store.queues().limit(JobQueues.DEFAULT, OptionalInt.of(1));
        UUID id = store.save(job("first")).getId();
        store.save(job("second"));
        assertThat(claim(claimOf(session, Duration.ZERO), 10)).hasSize(1);
        RedisSubscription subscription = REDIS.redis().subscribe(keys.wakeChannel(), listener);
        try {
            assertThat(told.poll(30, SECONDS)).isEqualTo("listening");
            store.deletePermanently(id);
            assertThat(told.poll(30, SECONDS)).isEqualTo("E");
            assertThat(told.poll(30, SECONDS)).isEqualTo("D");
        } finally {
            subscription.close();
        }
    }

    private void endGrace() {
        REDIS.redis().command(Command.HSET, keys.of("statistics"), Bytes.of("grace"), Bytes.of("0"));
    }

    @Test
    void serversAreNotTimedOutForWhatRedisMissedWhileItWasAway() {
        BackgroundJobServerStatus status = new BackgroundJobServerStatus(
                server.getId(),
                "other",
                4,
                5,
                Duration.ofHours(1),
                Duration.ofHours(1),
                Instant.EPOCH,
                Instant.EPOCH,
                true,
                1L,
                1L,
                0.5,
                1L,
                1L,
                1L,
                0.5);
        store.announceBackgroundJobServer(status);
        REDIS.redis().command(Command.ZADD, keys.of("leases"), Bytes.of("1"), Bytes.of(session.holder()));
        assertThat(store.removeTimedOutBackgroundJobServers(clock.instant())).isZero();

        // The first is back; the others have a lease's time to follow.
        heartbeat().beat(session);
        assertThat(store.removeTimedOutBackgroundJobServers(clock.instant())).isZero();

        endGrace();
        assertThat(store.removeTimedOutBackgroundJobServers(clock.instant())).isEqualTo(1);
    }

    @Test
    void serversWhoseClocksDifferShareOneRate() {
        store.queues().limitRate(JobQueues.DEFAULT, Optional.of(new JobQueues.Rate(3, Duration.ofHours(1))));
        store.save(IntStream.range(0, 10).mapToObj(i -> job("" + i)).toList());
        int claimed = 0;
        for (int turn = 0; turn < 6; turn++) {
            Duration behind = turn % 2 == 0 ? Duration.ZERO : Duration.ofHours(2);
            claimed += jobs(JobBody.DEFAULT_LIMIT)
                    .claim(claimOf(session, behind), 1, List.of())
                    .jobs()
                    .size();
        }
        assertThat(claimed).isEqualTo(3);
    }
}
