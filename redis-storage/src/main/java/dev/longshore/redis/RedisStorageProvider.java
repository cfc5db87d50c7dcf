package dev.longshore.redis;

import static java.util.stream.Collectors.toCollection;
import static org.jobrunr.utils.resilience.RateLimiter.Builder.rateLimit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobListVersioner;
import org.jobrunr.jobs.JobVersioner;
import org.jobrunr.jobs.RecurringJob;
import org.jobrunr.jobs.filters.JobFilterUtils;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.jobs.states.ProcessingState;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.tasks.zookeeper.ProcessOrphanedJobsTask;
import org.jobrunr.server.tasks.zookeeper.ProcessScheduledJobsTask;
import org.jobrunr.storage.AbstractStorageProvider;
import org.jobrunr.storage.BackgroundJobServerStatus;
import org.jobrunr.storage.ConcurrentJobModificationException;
import org.jobrunr.storage.JobNotFoundException;
import org.jobrunr.storage.JobRunrMetadata;
import org.jobrunr.storage.JobStats;
import org.jobrunr.storage.RecurringJobsResult;
import org.jobrunr.storage.StorageProviderUtils.DatabaseOptions;
import org.jobrunr.storage.navigation.AmountRequest;
import org.jobrunr.utils.resilience.RateLimiter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JobRunr's jobs in Redis. Safe for any number of threads and processes: each change is one step on the server.
 *
 * <p>Made with {@link #builder} and given to JobRunr like any other StorageProvider. A server works best with
 * {@link #workers} as its worker policy. What Redis must be, what is stored how, and what a crash can and cannot lose is in
 * this module's README.
 */
public final class RedisStorageProvider extends AbstractStorageProvider {
    private static final Logger LOG = LoggerFactory.getLogger(RedisStorageProvider.class);

    private final Redis redis;
    private final boolean ownsRedis;
    private final Keys keys;
    private final JobCodec codec;
    private final SealCheck sealCheck;
    private final Quarantine quarantine;
    private final JobStore jobs;
    private final RecurringJobs recurringJobs;
    private final Servers servers;
    private final Metadata metadata;
    private final JobQueues queues;
    private final Heartbeat heartbeat;
    private final ServerSessions sessions;
    private final Clock clock;

    private RedisStorageProvider(Builder builder) {
        super(builder.notificationLimit);
        this.redis = builder.redis;
        this.ownsRedis = builder.ownsRedis;
        this.clock = builder.clock;
        this.keys = new Keys(builder.name);
        JobPacking packing =
                new JobPacking(builder.name, new JobBody(builder.largestJob), builder.seal, builder.allowed);
        this.codec = new JobCodec(packing, builder.logLines);
        this.quarantine = new Quarantine(redis, keys, clock);
        this.sealCheck = new SealCheck(redis, keys, builder.seal);
        this.jobs = new JobStore(redis, keys, codec, sealCheck, quarantine);
        this.recurringJobs = new RecurringJobs(redis, keys, codec, quarantine);
        quarantine.isOf(jobs, recurringJobs);
        this.servers = new Servers(redis, keys);
        this.metadata = new Metadata(redis, keys);
        this.queues = new JobQueues(redis, keys);
        this.heartbeat = new Heartbeat(redis, keys, jobs, builder.heartbeat, clock);
        DueJobs dueJobs = new DueJobs(redis, keys, jobs, clock);
        if (builder.seal == null && !builder.allowed.restricts()) {
            LOG.warn(
                    "jobs of {} are neither sealed nor restricted: whoever can write to this Redis can run code in every"
                            + " worker; see Builder.seal and Builder.allow",
                    keys);
        }
        this.sessions = new ServerSessions(redis, keys, heartbeat, dueJobs, builder.heartbeat.dividedBy(4), clock);
    }

    /** A store on the Redis at that URL; see {@link RedisSettings#of}. The store closes its connections. */
    public static Builder builder(String url) {
        return new Builder(Redis.connect(RedisSettings.of(url)), true);
    }

    /** A store on a connection of the caller's, who closes it after the store. */
    public static Builder builder(Redis redis) {
        return new Builder(redis, false);
    }

    /** What a store may be told. */
    public static final class Builder {
        private final Redis redis;
        private final boolean ownsRedis;
        private String name = "jobrunr";
        private Duration heartbeat = Duration.ofSeconds(5);
        private int logLines = 1000;
        private int largestJob = JobBody.DEFAULT_LIMIT;
        private @Nullable JobSeal seal;
        private AllowedJobs allowed = AllowedJobs.any();
        private Clock clock = Clock.systemUTC();
        private RateLimiter notificationLimit = rateLimit().at1Request().per(RateLimiter.SECOND);

        private Builder(Redis redis, boolean ownsRedis) {
            this.redis = redis;
            this.ownsRedis = ownsRedis;
        }

        /** Of the store: each has its own jobs. All keys begin with <code>{name}:</code>. The default is {@code jobrunr}. */
        public Builder name(String value) {
            this.name = value;
            return this;
        }

        /**
         * Sets how long a server may be silent before its jobs are given back: the same for all servers of the store.
         *
         * @param value 1 second to 10 minutes; the default is 5 seconds
         */
        public Builder heartbeat(Duration value) {
            if (value.compareTo(Duration.ofSeconds(1)) < 0 || value.compareTo(Duration.ofMinutes(10)) > 0) {
                throw new IllegalArgumentException("a heartbeat is 1 second to 10 minutes, not " + value);
            }
            this.heartbeat = value;
            return this;
        }

        /**
         * Sets how many lines of each attempt's dashboard log are kept: the last ones, and fewer where the job would be too
         * large. The default is 1000.
         */
        public Builder logLines(int value) {
            if (value < 0) {
                throw new IllegalArgumentException("not " + value + " lines");
            }
            this.logLines = value;
            return this;
        }

        /** Sets how large a job may be, in bytes of its JSON: a job is a reference to work. The default is 512 KiB. */
        public Builder largestJob(int bytes) {
            this.largestJob = bytes;
            return this;
        }

        /** Signs every job, and runs none that is not signed. All who use the store need the same keys. */
        public Builder seal(JobSeal value) {
            this.seal = value;
            return this;
        }

        /**
         * Sets which jobs are run: others are put into quarantine, whichever server meets them. So a class is allowed in all
         * processes before the first of its jobs is enqueued. The default is any, of which the store warns.
         */
        public Builder allow(AllowedJobs value) {
            this.allowed = value;
            return this;
        }

        /** How often listeners, such as the dashboard, may be told of changes. */
        Builder notificationLimit(RateLimiter value) {
            this.notificationLimit = value;
            return this;
        }

        Builder clock(Clock value) {
            this.clock = value;
            return this;
        }

        public RedisStorageProvider build() {
            return new RedisStorageProvider(this);
        }
    }

    /** So many workers, on platform threads, that take jobs from every queue. */
    public RedisWorkers workers(int count) {
        return new RedisWorkers(this, count, QueueSelection.all(), WorkerThreads.PLATFORM);
    }

    /** Says that a server of this process has workers of this store. */
    void serves(BackgroundJobServer server) {
        sessions.expect(server.getId());
    }

    /** The queues of this store. */
    public JobQueues queues() {
        return queues;
    }

    /** The servers, of all processes, that take jobs from this store: when there is none, nothing that is enqueued is run. */
    public List<LivingServer> livingServers() {
        return ((List<?>) redis.call(Scripts.LIVING, keys.all(), List.of()))
                .stream()
                        .map(description -> LivingServer.ofDescription((byte[]) description))
                        .toList();
    }

    /** The jobs of this store that are not run, as somebody else wrote them. */
    public Quarantine quarantine() {
        return quarantine;
    }

    @Override
    public void setJobMapper(JobMapper jobMapper) {
        codec.use(jobMapper);
    }

    @Override
    public void setUpStorageProvider(DatabaseOptions databaseOptions) {
        // Redis makes keys when they are first written.
    }

    @Override
    public void announceBackgroundJobServer(BackgroundJobServerStatus status) {
        // Fails here if it does, where JobRunr does not start then, and not later at each look for work.
        sealCheck.pass();
        ServerCheck.of(redis, keys);
        servers.announce(status);
    }

    @Override
    public boolean signalBackgroundJobServerAlive(BackgroundJobServerStatus status) {
        if (sessions.has(status.getId())) {
            // Removed by another that came back from the same outage first. JobRunr would restart this server, and stop
            // it for good the fourth time; its jobs are looked after by leases, which know of outages.
            servers.announce(status);
            return status.isRunning();
        }
        return servers.alive(status);
    }

    @Override
    public void signalBackgroundJobServerStopped(BackgroundJobServerStatus status) {
        servers.remove(status.getId(), sessions.end(status.getId()));
    }

    @Override
    public List<BackgroundJobServerStatus> getBackgroundJobServers() {
        return servers.all();
    }

    @Override
    public UUID getLongestRunningBackgroundJobServerId() {
        return servers.all().stream()
                .findFirst()
                .map(BackgroundJobServerStatus::getId)
                .orElseThrow(() -> new IllegalStateException("no server is announced"));
    }

    @Override
    public int removeTimedOutBackgroundJobServers(Instant heartbeatOlderThan) {
        return servers.removeOlderThan(heartbeatOlderThan);
    }

    @Override
    public void saveMetadata(JobRunrMetadata entry) {
        metadata.save(entry);
        notifyMetadataChangeListeners();
    }

    @Override
    public List<JobRunrMetadata> getMetadata(String name) {
        return metadata.list(name);
    }

    // JobRunr's contract: null for none.
    @SuppressWarnings("NullAway")
    @Override
    public JobRunrMetadata getMetadata(String name, String owner) {
        return metadata.find(name, owner);
    }

    @Override
    public void deleteMetadata(String name) {
        if (metadata.delete(metadata.list(name))) {
            notifyMetadataChangeListeners();
        }
    }

    @Override
    public void deleteMetadata(String name, String owner) {
        if (metadata.delete(name, owner)) {
            notifyMetadataChangeListeners();
        }
    }

    @Override
    public Job save(Job job) {
        if (sessions.failedByStop(job)) {
            // If Redis was away when it was to be given back, nothing else would tell that from a failure of the job's.
            throw new JobGivenBackException(job);
        }
        try (SaveTurn turn = SaveTurn.take(sessions, List.of(job))) {
            saveNow(job);
        }
        notifyJobStatsOnChangeListeners();
        return job;
    }

    private void saveNow(Job job) {
        try (JobVersioner versioner = new JobVersioner(job)) {
            if (!jobs.save(job)) {
                throw new ConcurrentJobModificationException(job);
            }
            versioner.commitVersion();
        } finally {
            endedUnlessProcessing(job);
        }
    }

    @Override
    public List<Job> save(List<Job> changed) {
        if (changed.isEmpty()) {
            return changed;
        }
        try (SaveTurn turn = SaveTurn.take(sessions, changed)) {
            List<Job> conflicts = saveNow(turn.stillToSave(changed));
            if (!conflicts.isEmpty()) {
                throw new ConcurrentJobModificationException(conflicts);
            }
        }
        notifyJobStatsOnChangeListeners();
        return changed;
    }

    /** The jobs that somebody else has changed. */
    private List<Job> saveNow(List<Job> changed) {
        List<Job> conflicts;
        try (JobListVersioner versioner = new JobListVersioner(changed)) {
            List<Job> tooLarge = new ArrayList<>();
            List<Job> unsaved = jobs.save(changed, tooLarge::add);
            versioner.rollbackVersions(unsaved);
            conflicts = new ArrayList<>(unsaved);
            conflicts.removeAll(tooLarge);
        } finally {
            changed.forEach(this::endedUnlessProcessing);
        }
        conflicts.removeIf(this::wasGivenBack);
        return conflicts;
    }

    /**
     * Whether a job that runs here is stored as one that is to run again, or has lost its worker too often: this process gave
     * no sign for longer than a heartbeat. JobRunr knows no way out of that, and would stop the server. The job runs on to
     * its end here, of which nothing is kept.
     */
    private boolean wasGivenBack(Job job) {
        if (job.getState() != StateName.PROCESSING || sessions.have(job)) {
            return false;
        }
        Job stored = jobs.find(job.getId());
        return stored != null
                && (stored.getState() == StateName.ENQUEUED || stored.getState() == StateName.FAILED)
                && stored.getVersion() <= job.getVersion() + 1;
    }

    /** A server that has saved what became of a job, or tried to, has it no longer: if that failed, it is to run again. */
    private void endedUnlessProcessing(Job job) {
        if (job.getState() != StateName.PROCESSING) {
            sessions.ended(job);
        }
    }

    @Override
    public Job getJobById(UUID id) {
        Job job = jobs.find(id);
        if (job == null) {
            throw new JobNotFoundException(id);
        }
        return job;
    }

    @Override
    public long countJobs(StateName state) {
        return Statistics.of(redis, keys).in(State.of(state));
    }

    @Override
    public List<Job> getJobList(StateName state, Instant updatedBefore, AmountRequest request) {
        if (state == StateName.PROCESSING && JobRunrTasks.asks(ProcessOrphanedJobsTask.class)) {
            return List.of();
        }
        return jobs.list(JobPage.of(State.of(state), request, updatedBefore));
    }

    @Override
    public List<Job> getJobList(StateName state, AmountRequest request) {
        return jobs.list(JobPage.of(State.of(state), request, null));
    }

    @Override
    public List<Job> getCarbonAwareJobList(Instant deadlineBefore, AmountRequest request) {
        return jobs.list(JobPage.dueBefore(State.AWAITING, request, deadlineBefore));
    }

    @Override
    public List<Job> getScheduledJobs(Instant scheduledBefore, AmountRequest request) {
        if (JobRunrTasks.asks(ProcessScheduledJobsTask.class)) {
            return List.of();
        }
        return jobs.list(JobPage.dueBefore(State.SCHEDULED, request, scheduledBefore));
    }

    @Override
    public List<Job> getJobsToProcess(BackgroundJobServer server, AmountRequest request) {
        ServerSession session = sessions.of(server);
        if (request.getLimit() <= 0) {
            return List.of();
        }
        List<Job> started = claim(session, request.getLimit());
        if (started.isEmpty()) {
            return started;
        }
        try {
            return elected(started, server);
        } catch (RuntimeException | Error e) {
            // Of a filter, which is anybody's code, or of Redis: none of them is going to run here. JobRunr hears of
            // it.
            started.forEach(session::ended);
            throw e;
        }
    }

    /** Takes jobs for a server and starts them, which from then on has them. */
    private List<Job> claim(ServerSession session, int most) {
        Claim claim = Claim.by(session.holder(), Bytes.instant(Bytes.micros(clock.instant())));
        session.claimBegins(claim);
        try {
            JobStore.Claimed claimed = jobs.claim(claim, most, session.queues());
            session.looked(claimed.more(), claimed.waitMillis());
            List<Job> started = started(claimed.jobs(), session.server());
            if (session.isStopped()) {
                // While Redis was asked, which may have taken long.
                heartbeat.giveBackJobs(started, Heartbeat.STOPPED);
                return List.of();
            }
            session.claimed(started, clock.instant());
            return started;
        } finally {
            session.claimEnds(claim);
        }
    }

    /** Those of the jobs that the server's filters let it run. */
    private List<Job> elected(List<Job> claimed, BackgroundJobServer server) {
        List<Job> started = new ArrayList<>(claimed);
        JobFilterUtils filters = new JobFilterUtils(server.getJobFilters());
        filters.runOnStateElectionFilter(started);
        List<Job> elected = started.stream()
                .filter(job -> !job.hasState(StateName.PROCESSING))
                .collect(toCollection(ArrayList::new));
        for (Job job : elected) {
            try {
                save(job);
            } catch (ConcurrentJobModificationException e) {
                started.remove(job);
            } catch (JobTooLargeException e) {
                // One by one, so that the others run. As the server does not have it, it comes back to its queue.
                LOG.error("job {} ({}) cannot become {}", job.getId(), job.getJobName(), job.getState(), e);
                started.remove(job);
            }
        }
        filters.runOnStateAppliedFilters(started);
        started.removeIf(job -> !job.hasState(StateName.PROCESSING));
        return started;
    }

    private static List<Job> started(List<Job> jobs, BackgroundJobServer server) {
        List<Job> started = new ArrayList<>(jobs);
        for (Job job : jobs) {
            try {
                job.startProcessingOn(server);
            } catch (ConcurrentJobModificationException e) {
                // By JobRunr's contract a server may refuse one so. As it does not have it, it comes back to its queue.
                started.removeAll(e.getConcurrentUpdatedJobs());
                started.remove(job);
            }
        }
        return started;
    }

    /** Says that the job that a server ran on this thread ended it, so that nobody saves what became of the job. */
    void died(BackgroundJobServer server, Throwable cause) {
        ServerSession session = sessions.find(server);
        if (session == null || !session.died(cause)) {
            LOG.error("what JobRunr ran on {} ended it", Thread.currentThread(), cause);
        }
    }

    /** Puts back into their queues the jobs that a server has not ended. An interrupt ends the wait for Redis. */
    void giveBack(BackgroundJobServer server) {
        List<Job> running = sessions.takeAll(server).stream()
                .map(jobs::find)
                .filter(job -> job != null
                        && job.getState() == StateName.PROCESSING
                        && server.getId()
                                .equals(job.<ProcessingState>getJobState().getServerId()))
                .toList();
        heartbeat.giveBackJobs(running, Heartbeat.STOPPED);
    }

    @Override
    public int deletePermanently(UUID id) {
        boolean deleted = jobs.delete(id);
        notifyJobStatsOnChangeListenersIf(deleted);
        return deleted ? 1 : 0;
    }

    @Override
    public int deleteJobsPermanently(StateName state, Instant updatedBefore) {
        int deleted = jobs.delete(State.of(state), Bytes.micros(updatedBefore));
        notifyJobStatsOnChangeListenersIf(deleted > 0);
        return deleted;
    }

    @Override
    public Set<String> getDistinctJobSignatures(StateName... states) {
        List<byte[]> letters =
                Stream.of(states).map(state -> State.of(state).bytes()).toList();
        return ((List<?>) redis.call(Scripts.SIGNATURES, keys.all(), letters))
                .stream().map(Bytes::text).collect(toCollection(TreeSet::new));
    }

    // JobRunr's contract: null for none.
    @SuppressWarnings("NullAway")
    @Override
    public Instant getRecurringJobLatestScheduledInstant(String recurringJobId, StateName... states) {
        return recurringJobs.latestInstant(recurringJobId, states);
    }

    @Override
    public RecurringJob saveRecurringJob(RecurringJob recurringJob) {
        return recurringJobs.save(recurringJob);
    }

    @Override
    public RecurringJobsResult getRecurringJobs() {
        return recurringJobs.all();
    }

    @Override
    public boolean recurringJobsUpdated(Long recurringJobsUpdatedHash) {
        return recurringJobs.sum() != recurringJobsUpdatedHash;
    }

    @Override
    public int deleteRecurringJob(String id) {
        return recurringJobs.delete(id);
    }

    @Override
    public JobStats getJobStats() {
        Instant asked = Instant.now();
        return Statistics.of(redis, keys).asJobRunrs(asked);
    }

    @Override
    public void publishTotalAmountOfSucceededJobs(int amount) {
        redis.call(Scripts.SUCCEEDED, keys.all(), List.of(Bytes.of(amount), Bytes.of(UUID.randomUUID())));
    }

    @Override
    public void close() {
        super.close();
        sessions.close();
        if (ownsRedis) {
            redis.close();
        }
    }
}
