package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.run.Run;
import dev.longshore.run.RunState;
import dev.longshore.run.StepState;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers and a Redis that end in the middle of a run. */
@Tag("redis")
class PoolStopTest {
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

    @Test
    void aWorkerThatIsToldToStopLetsItsStepEnd() throws Exception {
        pool.slow();
        Longshore.Running worker = pool.worker("--grace", "2m");
        String run = pool.enqueue();
        pool.awaitStep(run, "filesystem", StepState.RUNNING);

        worker.signal("TERM");

        worker.await().exits(0);
        assertThat(pool.step(run, "filesystem").state()).isEqualTo(StepState.SUCCEEDED);
        assertThat(pool.step(run, "docgrapher").state())
                .as("it takes no more jobs")
                .isEqualTo(StepState.PENDING);
        pool.worker();
        pool.awaitState(run, RunState.SUCCEEDED);
    }

    @Test
    void aStepThatOutlivesTheGraceGoesBackUnharmed() throws Exception {
        pool.endless();
        Longshore.Running worker = pool.worker("--grace", "200ms");
        String run = pool.enqueue();
        pool.awaitStep(run, "filesystem", StepState.RUNNING);

        worker.signal("TERM");

        worker.await().exits(0);
        assertThat(pool.run(run).state()).isEqualTo(RunState.RUNNING);
        assertThat(pool.step(run, "filesystem").state()).isEqualTo(StepState.PENDING);
        assertThat(pool.queue("filesystem").waiting()).isEqualTo(1);
        pool.fast();
        pool.worker();
        Run ended = pool.awaitState(run, RunState.SUCCEEDED);
        assertThat(ended.step("filesystem").attempt()).isEqualTo(2);
        assertThat(ended.step("filesystem").failures()).isZero();
        assertThat(GraphBytes.of(pool.place.out)).isEqualTo(pool.local());
    }

    @Test
    void aSecondSignalEndsTheGrace() throws Exception {
        pool.endless();
        Longshore.Running worker = pool.worker("--grace", "1h");
        String run = pool.enqueue();
        pool.awaitStep(run, "filesystem", StepState.RUNNING);
        worker.signal("TERM");
        worker.awaitErr(err -> err.contains("stopping: 1 job has"));

        worker.signal("TERM");

        worker.await().exits(0);
        assertThat(pool.step(run, "filesystem").state()).isEqualTo(StepState.PENDING);
    }

    @Test
    void whatAKilledWorkerDidAnotherFinishes() throws Exception {
        pool.slow();
        GraphBytes local = pool.local();
        Longshore.Running first = pool.worker();
        String run = pool.enqueue();
        pool.awaitStep(run, "filesystem", StepState.RUNNING);

        first.signal("KILL");
        first.await().exits(137);
        pool.worker();

        Run ended = pool.awaitState(run, RunState.SUCCEEDED);
        assertThat(ended.step("filesystem").attempt()).isEqualTo(2);
        assertThat(GraphBytes.of(pool.place.out)).isEqualTo(local);
    }

    @Test
    void aRunThatWaitsForTheRunOfAKilledWorkerIsDoneAfterIt() throws Exception {
        pool.slow();
        Longshore.Running first = pool.worker();
        String run = pool.enqueue();
        pool.awaitStep(run, "filesystem", StepState.RUNNING);
        String waiting = pool.enqueue("--ignore", "big*");
        first.signal("KILL");
        first.await().exits(137);

        pool.worker();

        pool.awaitState(waiting, RunState.SUCCEEDED);
        assertThat(pool.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aRunOutlivesItsRedis() throws Exception {
        pool.slow();
        Longshore.Running worker = pool.worker();
        Longshore.Running ingest = pool.call("ingest", pool.place.source, "-o", pool.place.out, "--docker", "off")
                .start();
        ingest.awaitErr(err -> err.contains("filesystem started"));

        pool.redis.kill();
        pool.redis.restart();

        assertThat(ingest.await().exits(0).out()).contains("succeeded in");
        assertThat(worker.isAlive()).isTrue();
        assertThat(GraphBytes.of(pool.place.out)).isEqualTo(pool.local());
    }
}
