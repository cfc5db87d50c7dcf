package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.run.Run;
import dev.longshore.run.RunState;
import dev.longshore.step.StepFailure;
import dev.longshore.worker.jobs.PreflightJob;
import dev.longshore.worker.jobs.StepJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody changed a job in Redis: it is never run, and whoever waits for its run is told. */
@Tag("redis")
class QuarantinedRunTest {
    @TempDir
    Path temp;

    private PoolPlace pool;

    @BeforeEach
    void startRedis() throws IOException, InterruptedException {
        pool = new PoolPlace(temp);
    }

    @AfterEach
    void stopAll() throws IOException, InterruptedException {
        pool.close();
    }

    /** The job of the filesystem step of a run that waits for a worker to take it. */
    private UUID waitingJob(String run) throws IOException, InterruptedException {
        Waiting.until(
                () -> pool.queues().stream()
                        .anyMatch(queue -> queue.name().equals("filesystem") && queue.waiting() == 1),
                "the step waits in its queue");
        return new StepJob(run, "filesystem").id();
    }

    @Test
    void aRunWhoseJobWasChangedFailsAndSaysWhatToDo() throws Exception {
        pool.call("queue", "pause", "filesystem").run().exits(0);
        pool.worker();
        String id = pool.enqueue();
        UUID job = waitingJob(id);
        pool.tamper(job);
        pool.call("queue", "resume", "filesystem").run().exits(0);

        Longshore.Ended watched = pool.call("runs", "watch", id).run().exits(1);

        Run run = pool.run(id);
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.failure().map(StepFailure::code)).contains("JOB_QUARANTINED");
        assertThat(watched.out()).contains("the job for step filesystem is in quarantine as job:" + job);
        assertThat(pool.call("runs", "show", id).run().exits(0).out())
                .contains("longshore queue quarantine show job:" + job, "put the run in again");
        assertThat(pool.call("queue", "quarantine", "show", "job:" + job)
                        .run()
                        .exits(0)
                        .out())
                .startsWith("its signature is wrong");
        JsonNode failed = pool.call("queue", "quarantine", "discard", "job:" + job, "--json")
                .run()
                .exits(0)
                .json()
                .path("failedRuns");
        assertThat(failed.isArray()).isTrue();
        assertThat(failed).isEmpty();
        assertThat(pool.enqueue()).isNotEqualTo(id);
    }

    @Test
    void discardingAJobEndsTheRunThatWaitsForIt() throws Exception {
        // None that runs steps is left by the time the job is found: no worker's upkeep can end the run.
        Longshore.Running worker = pool.worker("--queues", "preflight");
        String id = pool.enqueue();
        UUID job = waitingJob(id);
        worker.kill();
        pool.tamper(job);
        pool.find(job);
        assertThat(pool.run(id).state()).isEqualTo(RunState.RUNNING);

        Longshore.Ended discarded =
                pool.call("queue", "quarantine", "discard", "job:" + job).run().exits(0);

        assertThat(discarded.out()).contains("run " + id + " has failed");
        assertThat(pool.run(id).failure().map(StepFailure::code)).contains("JOB_QUARANTINED");
    }

    @Test
    void aRunWhosePreflightWasChangedAfterItBeganFails() throws Exception {
        String id = pool.enqueue();
        UUID job = new PreflightJob(id, "new").id();
        pool.begin(id);
        pool.tamper(job);
        pool.find(job);

        pool.call("queue", "quarantine", "discard", "job:" + job).run().exits(0);

        assertThat(pool.run(id).failure().map(StepFailure::message))
                .hasValueSatisfying(message -> assertThat(message).contains("the job for preflight is in quarantine"));
    }

    @Test
    void runsThatCannotBeReadHideNoneThatWaits() throws Exception {
        String id = pool.enqueue();
        UUID job = new PreflightJob(id, "new").id();
        pool.begin(id);
        pool.tamper(job);
        pool.find(job);
        // More than are looked at in one go, and newer as far as their names tell.
        pool.redis.cli("EVAL", """
                for i = 1, 600 do
                  local id = string.format('r-zzzz%05d', i)
                  redis.call('ZADD', KEYS[1], 0, id)
                  redis.call('HSET', '{longshore}:run:' .. id, 'version', 1, 'run', '{}')
                end
                """, "1", "{longshore}:runs:running");

        pool.call("queue", "quarantine", "discard", "job:" + job).run().exits(0);

        assertThat(pool.run(id).state()).isEqualTo(RunState.FAILED);
    }

    @Test
    void aRunThatHasNotBegunGetsAnotherJobInItsPlace() throws Exception {
        String id = pool.enqueue();
        UUID job = new PreflightJob(id, "new").id();
        pool.tamper(job);
        pool.find(job);

        pool.worker();

        pool.awaitState(id, RunState.SUCCEEDED);
        assertThat(pool.call("queue", "quarantine", "list").run().exits(0).out())
                .contains("job:" + job, "its signature is wrong");
    }

    @Test
    void aNameThatIsNoneIsSaid() throws Exception {
        assertThat(pool.call("queue", "quarantine", "show", "job:nonsense")
                        .run()
                        .exits(2)
                        .line())
                .contains("job:nonsense is no name in the quarantine");
        assertThat(pool.call("queue", "quarantine", "discard", "other")
                        .run()
                        .exits(2)
                        .line())
                .contains("there is no other in the quarantine");
    }
}
