package dev.longshore.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Five processes with sixteen workers each, and no fault: every job is run once. */
@Tag("redis")
class ExactlyOnceTest {
    private static final int JOBS = Integer.getInteger("longshore.test.jobs", 10_000);
    private static final int PROCESSES = 5;
    private static final int DEADLINE_SECONDS = 60 + JOBS / 500;

    @TempDir
    private Path directory;

    @Test
    void runsEachJobOnce() throws Exception {
        Path traces = Files.createDirectory(directory.resolve("traces"));
        List<Jvm> workers = new ArrayList<>();
        try (RedisServer server = RedisServer.start(directory.resolve("redis"));
                RedisStorageProvider provider =
                        RedisStorageProvider.builder(server.url()).build();
                Redis redis = Redis.connect(RedisSettings.of(server.url()))) {
            provider.setJobMapper(new JobMapper(new JacksonJsonMapper()));
            JobRequestScheduler scheduler = new JobRequestScheduler(provider);
            // Half of them wait when the workers start; the others come while they work.
            scheduler.enqueue(IntStream.range(0, JOBS / 2).mapToObj(number -> new Deed(number, 0)));
            for (int i = 0; i < PROCESSES; i++) {
                workers.add(Jvm.start(
                        WorkerProcess.class,
                        directory.resolve("worker-" + i + ".log"),
                        server.url(),
                        "16",
                        "5000",
                        traces.toString()));
            }
            for (Jvm worker : workers) {
                worker.await("started", 60);
            }
            scheduler.enqueue(IntStream.range(JOBS / 2, JOBS).mapToObj(number -> new Deed(number, 0)));

            Waiting.until(
                    () -> {
                        assertThat(provider.countJobs(StateName.FAILED)).isZero();
                        return provider.countJobs(StateName.SUCCEEDED) == JOBS;
                    },
                    Duration.ofSeconds(DEADLINE_SECONDS),
                    "all jobs are done");

            Traces done = Traces.of(traces);
            assertThat(done.different()).isEqualTo(JOBS);
            assertThat(done.all()).as("runs of %d jobs", JOBS).isEqualTo(JOBS);
            assertThat(StoreCheck.faultsOf(redis, "jobrunr")).isEmpty();
            try (var files = Files.list(traces)) {
                assertThat(files).as("processes that took part").hasSize(PROCESSES);
            }
        } finally {
            for (Jvm worker : workers) {
                worker.close();
            }
        }
    }
}
