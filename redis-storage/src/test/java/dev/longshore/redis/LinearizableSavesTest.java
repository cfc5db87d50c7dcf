package dev.longshore.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.redis.SaveHistory.Kind;
import dev.longshore.redis.SaveHistory.Operation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jobrunr.jobs.Job;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fifty threads of this process and ten of each of five others change one job at the same time. */
@Tag("redis")
class LinearizableSavesTest {
    private static final int THREADS = 50;
    private static final int PROCESSES = 5;
    private static final int THREADS_OF_OTHERS = 10;
    private static final int ROUNDS = Integer.getInteger("longshore.test.saves", 20);

    @TempDir
    private Path directory;

    @Test
    void happenOneAfterTheOther() throws Exception {
        List<Jvm> others = new ArrayList<>();
        try (RedisServer server = RedisServer.start(directory.resolve("redis"));
                RedisStorageProvider provider = Contenders.provider(server.url())) {
            Job job = SampleJobs.job();
            job.setJobName("first");
            provider.save(job);
            for (int i = 0; i < PROCESSES; i++) {
                others.add(Jvm.start(
                        Contenders.class,
                        directory.resolve("errors-" + i),
                        server.url(),
                        job.getId().toString(),
                        Integer.toString(THREADS_OF_OTHERS),
                        Integer.toString(ROUNDS),
                        directory.resolve("history-" + i).toString()));
            }
            for (Jvm other : others) {
                other.await("ready", 60);
            }
            for (Jvm other : others) {
                other.say("go");
            }
            List<Operation> history =
                    new ArrayList<>(new Contenders(provider, job.getId(), "here").fight(THREADS, ROUNDS));
            for (int i = 0; i < PROCESSES; i++) {
                others.get(i).await("done", 120);
                history.addAll(Contenders.read(directory.resolve("history-" + i)));
            }

            assertThat(history).hasSize(2 * ROUNDS * (THREADS + PROCESSES * THREADS_OF_OTHERS));
            long saved = count(history, Kind.SAVED);
            // Otherwise nobody fought.
            assertThat(saved).isPositive();
            assertThat(count(history, Kind.CONFLICT)).isGreaterThan(saved);
            assertThat(SaveHistory.contradictions(history, "first")).isEmpty();
            Job last = provider.getJobById(job.getId());
            assertThat(last.getVersion()).isEqualTo(1 + saved);
        } finally {
            for (Jvm other : others) {
                other.close();
            }
        }
    }

    private static long count(List<Operation> history, Kind kind) {
        return history.stream().filter(operation -> operation.kind() == kind).count();
    }
}
