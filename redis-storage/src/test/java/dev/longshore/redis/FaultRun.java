package dev.longshore.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.storage.JobNotFoundException;
import org.jobrunr.storage.JobStats;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;
import org.jspecify.annotations.Nullable;

/**
 * Three worker processes behind a proxy, a Redis that writes every change to its disk, and rounds of faults drawn at random
 * while jobs are enqueued. After each round all is well again, and every job that was acknowledged must be done soon, with
 * nothing left that contradicts it.
 */
final class FaultRun implements AutoCloseable {
    private static final int WORKERS = 3;
    private static final int THREADS = 4;
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);
    /** How long a job takes at most, and how long until the next is enqueued, in milliseconds. */
    private static final int JOB = 200;

    private static final int NEXT = 20;
    /** Between two faults of a round at most, in milliseconds. */
    private static final int PAUSE = 400;
    /** Far longer than a lease: whoever is not done by then is stuck. */
    private static final long DRAIN_SECONDS = 90;

    private final Path traces;
    private final Path workerLogs;
    private final Random random;
    private final PrintWriter log;
    private final RedisServer server;
    private final FaultProxy proxy;
    private final Redis direct;
    private final RedisStorageProvider observer;
    private final RedisStorageProvider client;
    private final JobRequestScheduler scheduler;
    private final List<Jvm> workers = new ArrayList<>();
    /** Of this round. */
    private final Map<UUID, Integer> acknowledged = new LinkedHashMap<>();

    private final Map<UUID, Integer> unknown = new LinkedHashMap<>();
    private final Map<UUID, Integer> everAcknowledged = new LinkedHashMap<>();
    private final Map<UUID, Integer> everUnknown = new LinkedHashMap<>();
    private final Map<String, Integer> faults = new LinkedHashMap<>();
    private final Random jobs;
    private int last;
    private volatile boolean faulty;
    private int started;
    private long slowestDrainMillis;

    private interface Act {
        String run() throws Exception;
    }

    private record Fault(String name, Act act) {}

    private final List<Fault> kinds = List.of(
            new Fault("kill Redis", this::killRedis),
            new Fault("restart Redis", this::restartRedis),
            new Fault("freeze Redis", this::freezeRedis),
            new Fault("partition", this::partition),
            new Fault("cut connections", this::cutConnections),
            new Fault("cut an answer", this::cutAnswer),
            new Fault("delay", this::delay),
            new Fault("fill Redis", this::fillRedis),
            new Fault("forget scripts", this::forgetScripts),
            new Fault("kill a worker", this::killWorker),
            new Fault("stop a worker", this::stopWorker),
            new Fault("freeze a worker", this::freezeWorker));

    FaultRun(Path directory, Path logFile, long seed) throws IOException, InterruptedException {
        this.traces = Files.createDirectories(directory.resolve("traces"));
        this.workerLogs = Files.createDirectories(logFile.resolveSibling(logFile.getFileName() + ".workers"));
        this.random = new Random(seed);
        this.jobs = new Random(seed ^ 1);
        this.log = new PrintWriter(Files.newBufferedWriter(logFile), true);
        this.server = RedisServer.startDurable(directory.resolve("redis"));
        this.proxy = new FaultProxy(server.port());
        this.direct = Redis.connect(RedisSettings.of(server.url()));
        this.observer = RedisStorageProvider.builder(direct).build();
        observer.setJobMapper(new JobMapper(new JacksonJsonMapper()));
        this.client = RedisStorageProvider.builder(Redis.connect(RedisSettings.builder(proxy.url())
                        .callTimeout(Duration.ofSeconds(2))
                        .connectTimeout(Duration.ofSeconds(2))
                        .build()))
                .build();
        client.setJobMapper(new JobMapper(new JacksonJsonMapper()));
        this.scheduler = new JobRequestScheduler(client);
        say("seed %d", seed);
        for (int i = 0; i < WORKERS; i++) {
            workers.add(startWorker());
        }
        for (Jvm worker : workers) {
            worker.await("started", 90);
        }
    }

    private void say(String format, Object... arguments) {
        String line = LocalTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MILLIS) + " "
                + String.format(Locale.ROOT, format, arguments);
        log.println(line);
    }

    private Jvm startWorker() throws IOException {
        return Jvm.start(
                WorkerProcess.class,
                workerLogs.resolve("worker-" + started++ + ".log"),
                proxy.url(),
                Integer.toString(THREADS),
                Long.toString(HEARTBEAT.toMillis()),
                traces.toString());
    }

    /** Lets some faults happen, drawn at random. */
    void round(int number) throws Exception {
        List<Fault> drawn = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            drawn.add(kinds.get(random.nextInt(kinds.size())));
        }
        round("round " + number, drawn);
    }

    /** Lets each of the faults that can last so long do so. */
    void outages(Duration each) throws Exception {
        long millis = each.toMillis();
        round("Redis dead", new Fault("long death", () -> {
            server.kill();
            pause(millis);
            server.restart();
            return "Redis away for " + each;
        }));
        round("Redis frozen", new Fault("long freeze", () -> {
            server.pause();
            pause(millis);
            server.resume();
            return "Redis frozen for " + each;
        }));
        round("partition", new Fault("long partition", () -> {
            proxy.blackHole();
            pause(millis);
            proxy.heal();
            return "nothing passed for " + each;
        }));
        round("Redis full", new Fault("long fill", () -> {
            server.send("CONFIG", "SET", "maxmemory", "1");
            pause(millis);
            server.send("CONFIG", "SET", "maxmemory", "0");
            return "Redis full for " + each;
        }));
        round("worker frozen", new Fault("long worker freeze", () -> {
            workers.get(0).signal("STOP");
            pause(millis);
            workers.get(0).signal("CONT");
            return "worker frozen for " + each;
        }));
    }

    private void round(String name, Fault fault) throws Exception {
        round(name, List.of(fault));
    }

    /** Lets faults happen while jobs come in, and checks that all is done once they have passed. */
    private void round(String name, List<Fault> drawn) throws Exception {
        acknowledged.clear();
        unknown.clear();
        faulty = true;
        Thread enqueuer = new Thread(this::enqueue, "enqueuer");
        enqueuer.start();
        for (Fault fault : drawn) {
            pause(random.nextInt(PAUSE));
            faults.merge(fault.name(), 1, Integer::sum);
            say("%s: %s", name, fault.act().run());
        }
        faulty = false;
        enqueuer.join(TimeUnit.SECONDS.toMillis(DRAIN_SECONDS));
        assertThat(enqueuer.isAlive()).as("the enqueuer hangs").isFalse();
        long healed = System.nanoTime();
        awaitDone();
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - healed);
        slowestDrainMillis = Math.max(slowestDrainMillis, millis);
        say(
                "%s: %d jobs acknowledged, %d unknown; all done after another %.1f s",
                name, acknowledged.size(), unknown.size(), millis / 1000.0);
        check();
        everAcknowledged.putAll(acknowledged);
        everUnknown.putAll(unknown);
    }

    private void enqueue() {
        while (faulty) {
            UUID id = new UUID(jobs.nextLong(), jobs.nextLong());
            int number = ++last;
            try {
                scheduler.enqueue(id, new Deed(number, jobs.nextInt(JOB)));
                acknowledged.put(id, number);
            } catch (RuntimeException e) {
                unknown.put(id, number);
                say("job %s was not acknowledged: %s", id, e);
            }
            // The pace at which jobs come, not a wait for anything.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(jobs.nextInt(NEXT)));
        }
    }

    /** Lets a fault last; now and then it is not the only one. */
    private String lasting(int millis) throws Exception {
        pause(millis / 2);
        String also = random.nextInt(3) == 0 ? ", and meanwhile " + killWorker() : "";
        pause(millis / 2);
        return " for " + millis + " ms" + also;
    }

    private static void pause(long millis) throws InterruptedException {
        Waiting.pass(Duration.ofMillis(millis)); // a fault lasts as long as it was drawn to
    }

    private String killRedis() throws Exception {
        server.kill();
        String away = lasting(random.nextInt(2_000));
        server.restart();
        server.awaitReady();
        return "Redis killed and away" + away;
    }

    private String restartRedis() throws Exception {
        server.stop();
        server.restart();
        server.awaitReady();
        return "Redis restarted";
    }

    private String freezeRedis() throws Exception {
        server.pause();
        String away = lasting(random.nextInt(3_500));
        server.resume();
        return "Redis frozen" + away;
    }

    private String partition() throws Exception {
        proxy.blackHole();
        String away = lasting(random.nextInt(3_500));
        proxy.heal();
        return "nothing passed" + away;
    }

    private String cutConnections() {
        proxy.cutAll();
        return "all connections cut";
    }

    private String cutAnswer() throws Exception {
        int bytes = random.nextInt(3_000);
        proxy.cutAfter(bytes);
        pause(200);
        proxy.heal();
        return "a connection cut after " + bytes + " bytes of answers";
    }

    private String delay() throws Exception {
        int each = 1 + random.nextInt(150);
        proxy.delay(Duration.ofMillis(each));
        String late = lasting(1_000);
        proxy.heal();
        return "everything came " + each + " ms late" + late;
    }

    private String fillRedis() throws Exception {
        server.send("CONFIG", "SET", "maxmemory", "1");
        String full = lasting(random.nextInt(2_000));
        server.send("CONFIG", "SET", "maxmemory", "0");
        return "Redis full" + full;
    }

    private String forgetScripts() {
        server.send("SCRIPT", "FLUSH");
        return "scripts forgotten";
    }

    private String killWorker() throws Exception {
        int which = random.nextInt(WORKERS);
        Jvm killed = workers.get(which);
        killed.kill();
        workers.set(which, startWorker());
        return "worker " + killed.pid() + " killed; " + workers.get(which).pid() + " starts";
    }

    private String stopWorker() throws Exception {
        int which = random.nextInt(WORKERS);
        Jvm stopped = workers.get(which);
        stopped.stop(60);
        workers.set(which, startWorker());
        return "worker " + stopped.pid() + " stopped; " + workers.get(which).pid() + " starts";
    }

    /** Longer than a lease: its jobs are given to others, and it finds out when it goes on. */
    private String freezeWorker() throws Exception {
        int away = random.nextInt(3_500);
        Jvm frozen = workers.get(random.nextInt(WORKERS));
        frozen.signal("STOP");
        pause(away);
        frozen.signal("CONT");
        return "worker " + frozen.pid() + " frozen for " + away + " ms";
    }

    private void awaitDone() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS);
        while (true) {
            long left = left();
            if (left == 0) {
                return;
            }
            if (System.nanoTime() > deadline) {
                assertThat(stuck())
                        .as("jobs not done %d s after all was well again", DRAIN_SECONDS)
                        .isEmpty();
            }
            pause(50);
        }
    }

    /** In one look: a job that is given back would hide between several. */
    private long left() {
        JobStats stats = observer.getJobStats();
        return stats.getAwaiting()
                + stats.getScheduled()
                + stats.getEnqueued()
                + stats.getProcessing()
                + stats.getFailed();
    }

    private List<String> stuck() {
        List<String> stuck = new ArrayList<>();
        acknowledged.keySet().forEach(id -> {
            Job job = find(id);
            if (job == null || job.getState() != StateName.SUCCEEDED) {
                stuck.add(id + " " + (job == null ? "is lost" : history(job)));
            }
        });
        unknown.keySet().forEach(id -> {
            Job job = find(id);
            if (job != null && job.getState() != StateName.SUCCEEDED) {
                stuck.add(id + " (not acknowledged) " + history(job));
            }
        });
        return stuck;
    }

    private static String history(Job job) {
        return job.getJobStates().stream()
                .map(state -> state.getName() + " " + state.getUpdatedAt())
                .toList()
                .toString();
    }

    private @Nullable Job find(UUID id) {
        try {
            return observer.getJobById(id);
        } catch (JobNotFoundException e) {
            return null;
        }
    }

    private void check() throws IOException {
        for (Jvm worker : workers) {
            assertThat(worker.isAlive())
                    .as("worker %d has ended by itself", worker.pid())
                    .isTrue();
            assertThat(worker.hasSaid("stopped by itself"))
                    .as("the server of %d", worker.pid())
                    .isFalse();
        }
        assertThat(stuck()).isEmpty();
        Traces done = Traces.of(traces);
        acknowledged.forEach(
                (id, number) -> assertThat(done.of(number)).as("runs of %s", id).isPositive());
        assertThat(observer.quarantine().list(0, 1).all()).isZero();
        assertThat(StoreCheck.faultsOf(direct, "jobrunr")).isEmpty();
    }

    /** Checks once more what earlier rounds left behind, and tells what came of it all. */
    String finish() throws IOException {
        acknowledged.putAll(everAcknowledged);
        unknown.putAll(everUnknown);
        check();
        Traces done = Traces.of(traces);
        String summary = String.format(
                Locale.ROOT,
                "%d jobs acknowledged and done, %d unknown (%d of them done), %d runs of which %d were repetitions;"
                        + " slowest return to rest %.1f s; %d worker processes; faults: %s",
                everAcknowledged.size(),
                everUnknown.size(),
                everUnknown.values().stream()
                        .filter(number -> done.of(number) > 0)
                        .count(),
                done.all(),
                done.all() - done.different(),
                slowestDrainMillis / 1000.0,
                started,
                faults);
        say("%s", summary);
        return summary;
    }

    @Override
    public void close() throws Exception {
        for (Jvm worker : workers) {
            worker.close();
        }
        client.close();
        observer.close();
        direct.close();
        proxy.close();
        server.close();
        log.close();
    }
}
