package dev.longshore.worker.pool;

import dev.longshore.redis.AllowedJobs;
import dev.longshore.redis.JobQueues;
import dev.longshore.redis.JobSeal;
import dev.longshore.redis.Quarantine;
import dev.longshore.redis.Redis;
import dev.longshore.redis.RedisFault;
import dev.longshore.redis.RedisSettings;
import dev.longshore.redis.RedisStorageProvider;
import dev.longshore.run.Run;
import dev.longshore.worker.jobs.PreflightJob;
import dev.longshore.worker.jobs.PublishJob;
import dev.longshore.worker.jobs.QuarantinedJobs;
import dev.longshore.worker.jobs.RunQueue;
import dev.longshore.worker.jobs.StepJob;
import dev.longshore.worker.runs.PoolRecord;
import dev.longshore.worker.runs.RedisRunStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A pool of workers on one Redis, as a process sees it that takes part in it or looks at it. */
public final class Pool implements AutoCloseable {
    /** The name of a pool that is given none. */
    public static final String STANDARD_NAME = "longshore";

    /** How long a worker may be silent before it counts as lost. */
    static final Duration HEARTBEAT = Duration.ofSeconds(5);

    private static final String SEALED = "sealed";
    private static final String DIRECTORY = "directory";
    private static final String DIRECTORY_PATH = "directoryPath";

    private final Settings settings;
    private final Redis redis;
    private final RedisStorageProvider storage;
    private final RedisRunStore runs;
    private final PoolRecord record;

    /**
     * How to reach a pool.
     *
     * @param name tells it from others on the same Redis
     * @param sealKeys the file of the keys that jobs are sealed with, or {@link SealKeys#OFF}; the pool's own if empty
     * @param work the work directory, in which the pool's own keys are looked for
     */
    public record Settings(RedisSettings redis, String name, Optional<String> sealKeys, Path work) {
        /** Where the keys are, whether or not they have been made; empty if jobs are not sealed. */
        public Optional<Path> sealKeyFile() {
            return sealKeys.map(Path::of)
                    .or(() -> Optional.of(new PoolDirectory(work, name).sealKeys()))
                    .filter(file -> !file.equals(Path.of(SealKeys.OFF)));
        }
    }

    /** The keys of all pools that have this work directory, whether or not they are among its pools now. */
    public static List<Path> sealKeysBelow(Path work) {
        return PoolDirectory.allBelow(work).stream()
                .map(PoolDirectory::sealKeys)
                .toList();
    }

    private Pool(Settings settings, Redis redis, RedisStorageProvider storage, Optional<JobSeal> seal) {
        String name = settings.name();
        this.settings = settings;
        this.redis = redis;
        this.storage = storage;
        this.runs = new RedisRunStore(redis, name, seal);
        this.record = new PoolRecord(redis, name);
    }

    /**
     * Opens a pool.
     *
     * @throws dev.longshore.redis.RedisUnavailableException Redis cannot be used
     * @throws PoolException this process cannot take part in the pool
     */
    public static Pool open(Settings settings) throws IOException {
        Redis redis = Redis.connect(settings.redis());
        boolean open = false;
        try {
            // Whoever has no use for Redis is to know before anything else is done.
            new PoolRecord(redis, settings.name()).agree(Map.of());
            RedisStorageProvider.Builder storage = RedisStorageProvider.builder(redis)
                    .name(settings.name())
                    .heartbeat(HEARTBEAT)
                    .allow(AllowedJobs.of(PreflightJob.class, StepJob.class, PublishJob.class));
            PoolDirectory directory = new PoolDirectory(settings.work(), settings.name());
            Optional<JobSeal> seal = SealKeys.open(settings.sealKeys(), directory.sealKeys());
            seal.ifPresent(storage::seal);
            agreeOnKeys(new PoolRecord(redis, settings.name()), settings.name(), seal);
            Pool pool = new Pool(settings, redis, storage.build(), seal);
            open = true;
            return pool;
        } finally {
            if (!open) {
                redis.close();
            }
        }
    }

    /** Before anything is written: what is sealed with other keys nobody would read. */
    private static void agreeOnKeys(PoolRecord record, String name, Optional<JobSeal> seal) {
        byte[] content = name.getBytes(StandardCharsets.UTF_8);
        Map<String, String> own = seal.map(keys -> Map.of(SEALED, encoded(keys.sign(SEALED, name, content))))
                .orElse(Map.of());
        String agreed = record.agree(own).get(SEALED);
        if (agreed == null) {
            return;
        }
        boolean right = seal.flatMap(
                        keys -> keys.verified(SEALED, name, Base64.getDecoder().decode(agreed)))
                .isPresent();
        if (!right) {
            throw new PoolException(
                    "the jobs of pool " + name + " are sealed with other keys than those given here",
                    "name the pool's own file with --seal-keys: on a worker it is pools/" + name
                            + "/seal-keys below the work directory");
        }
        // With the key that signs now: the one before may be dropped one day.
        record.replace(own);
    }

    private static String encoded(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /**
     * Makes sure that this worker keeps the parts of runs where the others do.
     *
     * @param anew whether to take this directory whatever was agreed on before
     */
    void agreeOn(PoolDirectory directory, boolean anew) throws IOException {
        Map<String, String> own = Map.of(
                DIRECTORY,
                directory.identity(),
                DIRECTORY_PATH,
                directory.root().toString());
        Map<String, String> agreed = anew ? record.replace(own) : record.agree(own);
        if (!directory.identity().equals(agreed.get(DIRECTORY))) {
            throw new PoolException(
                    "this pool's workers share another work directory, " + agreed.get(DIRECTORY_PATH)
                            + " on the first one; " + directory.root() + " is not it",
                    "mount that directory here and name it with --work, or give this pool another --redis-prefix;\n"
                            + "if that directory is gone for good: --new-work-directory, and runs under way fail");
        }
    }

    /** Throws {@link dev.longshore.redis.RedisUnavailableException} if Redis does not answer. */
    public void requireRedis() {
        record.agree(Map.of());
    }

    public RedisRunStore runs() {
        return runs;
    }

    public RedisStorageProvider storage() {
        return storage;
    }

    public JobQueues queues() {
        return storage.queues();
    }

    public Quarantine quarantine() {
        return storage.quarantine();
    }

    /** What ends the runs that wait for a job in quarantine. */
    public QuarantinedJobs quarantinedJobs() {
        return new QuarantinedJobs(runs, storage, Clock.systemUTC());
    }

    /** Why the run would wait for ever if no worker were started. */
    public Optional<Shortage> shortage(Run run) {
        List<String> queues = RunQueue.next(run);
        return queues.isEmpty() ? Optional.empty() : Shortage.of(settings, queues, storage.livingServers());
    }

    /** What keeps this process from using Redis, if anything does. */
    Optional<RedisFault> fault() {
        return redis.fault();
    }

    /** Ends all calls that wait for Redis, and every later one at once. */
    void giveUpRedis() {
        redis.close();
    }

    /** Puts a run in; see {@link RunQueue#submit}. */
    public Run submit(Run run) {
        return new RunQueue(runs, storage).submit(run);
    }

    @Override
    public void close() {
        runs.close();
        storage.close();
        redis.close();
    }
}
