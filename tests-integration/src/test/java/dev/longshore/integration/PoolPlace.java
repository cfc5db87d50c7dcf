package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.redis.JobQueues;
import dev.longshore.redis.JobSeal;
import dev.longshore.redis.Redis;
import dev.longshore.redis.RedisSettings;
import dev.longshore.redis.RedisStorageProvider;
import dev.longshore.run.Run;
import dev.longshore.run.RunId;
import dev.longshore.run.RunState;
import dev.longshore.run.StepRun;
import dev.longshore.run.StepState;
import dev.longshore.step.StepFailure;
import dev.longshore.worker.runs.RedisRunStore;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.storage.JobNotFoundException;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;

/** A Redis of a test's own, and processes that work on it: each a JVM of its own. */
final class PoolPlace implements AutoCloseable {
    final Workplace place;
    final PrivateRedis redis;
    private final Path sealKeys;
    private final Redis connection;
    private final RedisRunStore runs;
    private final RedisStorageProvider jobs;
    private final List<Longshore.Running> started = new ArrayList<>();

    PoolPlace(Path temp, String... redisOptions) throws IOException, InterruptedException {
        this.place = new Workplace(temp);
        this.redis = PrivateRedis.start(temp.resolve("redis"), redisOptions);
        this.connection = Redis.connect(RedisSettings.of(redis.url()));
        Path keys = temp.resolve("seal-keys");
        place.call("queue", "new-seal-keys", keys).run().exits(0);
        this.sealKeys = keys;
        this.runs = new RedisRunStore(connection, "longshore", Optional.of(JobSeal.fromFile(keys)));
        this.jobs = RedisStorageProvider.builder(connection).name("longshore").build();
    }

    /** A call of the program that knows of the pool. */
    Longshore call(Object... arguments) {
        return place.call(arguments).with("LONGSHORE_REDIS_URL", redis.url()).with("LONGSHORE_SEAL_KEYS", sealKeys);
    }

    /** A worker without Docker that takes jobs from now on. */
    Longshore.Running worker(Object... more) throws IOException, InterruptedException {
        List<Object> arguments = new ArrayList<>(
                List.of("worker", "--no-image-build", "--docker-host", "unix://" + place.temp.resolve("no.sock")));
        arguments.addAll(List.of(more));
        return started(call(arguments.toArray()));
    }

    Longshore.Running started(Longshore call) throws IOException, InterruptedException {
        Longshore.Running worker = call.start();
        started.add(worker);
        worker.awaitErr(err -> err.contains("takes jobs from"));
        return worker;
    }

    /** Puts a run of the source in, without Docker steps, and gives its name. */
    String enqueue(Object... more) throws IOException, InterruptedException {
        List<Object> arguments = new ArrayList<>(List.of("enqueue", place.source, "-o", place.out, "--docker", "off"));
        arguments.addAll(List.of(more));
        return call(arguments.toArray()).run().exits(0).out().strip();
    }

    /** The run as it is, read by this process: far quicker than a call of the program. */
    Run run(String id) {
        return runs.get(new RunId(id));
    }

    /** Says that a run is at work, as a worker does before its preflight. */
    void begin(String id) {
        runs.start(new RunId(id), "a repository");
    }

    /** Parks a run, as its preflight does while Docker is away. */
    void park(String id) {
        runs.update(
                new RunId(id), run -> run.parked(new StepFailure.PreflightFailed("Docker is away", "Wait for it.")));
    }

    /** Lets a parked run go on, as its preflight does once Docker is back. */
    void resume(String id) {
        runs.update(new RunId(id), Run::resumed);
    }

    long jobsIn(StateName state) {
        return jobs.countJobs(state);
    }

    /** Ends a run from this process. */
    void cancel(String id) {
        runs.update(new RunId(id), run -> run.cancelled(Instant.now()));
    }

    StepRun step(String run, String step) {
        return run(run).step(step);
    }

    Run awaitState(String id, RunState state) throws IOException, InterruptedException {
        Waiting.until(
                () -> {
                    RunState now = run(id).state();
                    if (now.isFinal() && now != state) {
                        throw new AssertionError("run " + id + " is " + run(id));
                    }
                    return now == state;
                },
                "run " + id + " is " + state);
        return run(id);
    }

    void awaitStep(String run, String step, StepState state) throws IOException, InterruptedException {
        Waiting.until(() -> step(run, step).state() == state, step + " is " + state);
    }

    /** Changes a job that waits, as somebody may who can write to this Redis and has no key. */
    void tamper(UUID job) throws IOException, InterruptedException {
        String changed =
                redis.cli("EVAL", """
                local id = string.gsub(ARGV[1], '..', function(digits) return string.char(tonumber(digits, 16)) end)
                local record = redis.call('HGET', KEYS[1], id)
                local last = string.char((string.byte(record, -1) + 1) % 256)
                return redis.call('HSET', KEYS[1], id, string.sub(record, 1, -2) .. last)
                """, "1", "{longshore}:jobs", job.toString().replace("-", ""));
        assertThat(changed.strip()).isEqualTo("0");
    }

    /** Puts something else in a run's place, as the same somebody may. */
    void forge(String run) throws IOException, InterruptedException {
        assertThat(redis.cli("HSET", "{longshore}:run:" + run, "run", "{}").strip())
                .isEqualTo("0");
    }

    /** Reads a job with the keys of the pool, which puts it into quarantine if it is suspect. */
    void find(UUID job) {
        try (RedisStorageProvider sealed = RedisStorageProvider.builder(connection)
                .name("longshore")
                .seal(JobSeal.fromFile(sealKeys))
                .build()) {
            sealed.setJobMapper(new JobMapper(new JacksonJsonMapper()));
            assertThatThrownBy(() -> sealed.getJobById(job)).isInstanceOf(JobNotFoundException.class);
        }
    }

    List<JobQueues.Queue> queues() {
        return jobs.queues().list();
    }

    JobQueues.Queue queue(String name) {
        return queues().stream()
                .filter(queue -> queue.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no queue " + name));
    }

    /** Makes the filesystem step take some seconds. */
    void slow() throws IOException {
        bigFiles(4, 128L << 20);
    }

    /** Makes the filesystem step take longer than any test. */
    void endless() throws IOException {
        bigFiles(200, 1L << 30);
    }

    /** Sparse files, which cost time to hash but no disk. */
    private void bigFiles(int number, long bytes) throws IOException {
        for (int i = 0; i < number; i++) {
            try (RandomAccessFile file =
                    new RandomAccessFile(place.source.resolve("big" + i).toFile(), "rw")) {
                file.setLength(bytes);
            }
        }
    }

    void fast() throws IOException {
        try (var files = Files.newDirectoryStream(place.source, "big*")) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    /** The graph that a run of the source without a pool publishes. */
    GraphBytes local(Object... more) throws IOException, InterruptedException {
        Path out = place.temp.resolve("local-out");
        List<Object> arguments =
                new ArrayList<>(List.of("ingest", place.source, "-o", out, "--docker", "off", "--quiet"));
        arguments.addAll(List.of(more));
        place.call(arguments.toArray()).run().exits(0);
        return GraphBytes.of(out);
    }

    /** The directories that runs have in the pool's work directory. */
    List<String> runDirectories() throws IOException {
        try (var entries = Files.list(place.work().resolve("pools/longshore"))) {
            return entries.map(path -> String.valueOf(path.getFileName()))
                    .filter(name -> name.startsWith("r-"))
                    .toList();
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (Longshore.Running worker : started) {
            worker.kill();
        }
        runs.close();
        jobs.close();
        connection.close();
        redis.close();
        assertThat(started).noneMatch(Longshore.Running::isAlive);
    }
}
