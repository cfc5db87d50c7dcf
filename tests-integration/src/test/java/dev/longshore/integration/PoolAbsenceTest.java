package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.run.RunState;
import dev.longshore.run.StepState;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Something that a pool needs is not there: its workers, its Redis. Whoever waits is told so. */
@Tag("redis")
class PoolAbsenceTest {
    @TempDir
    Path temp;

    private PoolPlace pool;

    @BeforeEach
    void startRedis() throws IOException, InterruptedException {
        pool = new PoolPlace(temp, "--appendonly", "yes", "--appendfsync", "always");
    }

    @AfterEach
    void stopAll() throws IOException, InterruptedException {
        pool.close();
    }

    private Longshore enqueue() {
        return pool.call("enqueue", pool.place.source, "-o", pool.place.out, "--docker", "off");
    }

    @Test
    void whoEnqueuesIsToldThatNoWorkerIsAliveAndHowToStartOne() throws Exception {
        Longshore.Ended ended = enqueue().run().exits(0);

        assertThat(ended.err())
                .contains("no worker of pool longshore is alive", "longshore worker --redis " + pool.redis.url());
        assertThat(ended.out().strip()).startsWith("r-");
        pool.worker();
        pool.awaitState(ended.out().strip(), RunState.SUCCEEDED);
        assertThat(enqueue().run().exits(0).err()).isEmpty();
    }

    @Test
    void whoWatchesIsToldWhichQueueNobodyTakesJobsFrom() throws Exception {
        pool.worker("--queues", "preflight");
        Longshore.Running ingest = pool.call("ingest", pool.place.source, "-o", pool.place.out, "--docker", "off")
                .start();

        ingest.awaitErr(
                err -> err.contains("takes jobs from filesystem (1 is alive)") && err.contains("--queues filesystem"));
        pool.worker();

        ingest.await().exits(0);
    }

    @Test
    void whoFollowsTheEventsIsToldToo() throws Exception {
        String run = enqueue().run().exits(0).out().strip();
        Longshore.Running watch = pool.call("runs", "watch", "--json", run).start();

        watch.awaitErr(err -> err.contains("no worker of pool longshore is alive"));
        pool.worker();

        assertThat(watch.await().exits(0).out()).contains("\"SUCCEEDED\"").doesNotContain("no worker");
    }

    @Test
    void aWorkerTellsOnceThatRedisIsAwayAndOnceThatItIsBack() throws Exception {
        Longshore.Running worker = pool.worker();
        pool.redis.kill();
        worker.awaitErr(err -> err.contains(" WARN ") && err.contains(" is away: "));

        pool.redis.restart();

        worker.awaitErr(err -> err.contains("is back after"));
        pool.awaitState(enqueue().run().exits(0).out().strip(), RunState.SUCCEEDED);
        assertThat(worker.err().lines().filter(line -> line.contains(" is away: ")))
                .hasSize(1);
    }

    @Test
    void aWorkerThatIsToldToStopWhileRedisIsAwayDoesSoAndItsStepGoesOnElsewhere() throws Exception {
        pool.endless();
        Longshore.Running worker = pool.worker("--grace", "1s");
        String run = pool.enqueue();
        pool.awaitStep(run, "filesystem", StepState.RUNNING);
        pool.redis.kill();
        worker.awaitErr(err -> err.contains("is away"));
        worker.signal("TERM");

        Longshore.Ended ended = worker.await().exits(0);
        assertThat(ended.err()).contains("ends without Redis", "come back to their queues within 10 s");
        pool.redis.restart();
        pool.fast();
        pool.worker();
        pool.awaitState(run, RunState.SUCCEEDED);
        assertThat(pool.step(run, "filesystem").failures()).isZero();
    }

    @Test
    void anIdleWorkerThatIsToldToStopWhileRedisIsAwayDoesSo() throws Exception {
        Longshore.Running worker = pool.worker("--grace", "1s");
        pool.redis.kill();
        worker.awaitErr(err -> err.contains("is away"));
        worker.signal("TERM");

        worker.await().exits(0);
    }
}
