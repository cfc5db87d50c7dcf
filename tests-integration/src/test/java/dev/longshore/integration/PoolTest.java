package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.run.RunState;
import dev.longshore.run.StepState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jobrunr.jobs.states.StateName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that several processes put in, work on, watch and steer. */
@Tag("redis")
class PoolTest {
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

    @Test
    void aPoolMakesTheGraphThatOneMachineMakes() throws Exception {
        pool.worker();
        pool.worker();

        JsonNode run = pool.call("ingest", pool.place.source, "-o", pool.place.out, "--docker", "off", "--json")
                .run()
                .exits(0)
                .json();

        assertThat(run.path("state").asText()).isEqualTo("SUCCEEDED");
        assertThat(GraphBytes.of(pool.place.out)).isEqualTo(pool.local());
        Waiting.until(() -> pool.runDirectories().isEmpty(), "what the run kept is removed");
    }

    @Test
    void progressAndReportAreThoseOfALocalRun() throws Exception {
        pool.worker();

        Longshore.Ended ended = pool.call("ingest", pool.place.source, "-o", pool.place.out, "--docker", "off")
                .run()
                .exits(0);

        assertThat(ended.err()).contains("filesystem started", "filesystem succeeded in", "docgrapher succeeded in");
        assertThat(ended.out()).contains("source: succeeded in", "graph: " + pool.place.out);
    }

    @Test
    void askingForTheSameTwiceIsOnce() throws Exception {
        String first = pool.enqueue();
        String second = pool.enqueue();
        String different = pool.enqueue("--ignore", "*.md");

        assertThat(second).isEqualTo(first);
        assertThat(different).isNotEqualTo(first);
        pool.worker();
        pool.awaitState(first, RunState.SUCCEEDED);
        pool.awaitState(different, RunState.SUCCEEDED);
        JsonNode all = pool.call("runs", "list", "--json").run().exits(0).json();
        assertThat(all).extracting(run -> run.path("run").asText()).containsExactly(different, first);
        assertThat(pool.enqueue()).as("one that is over is not joined").isNotEqualTo(first);
    }

    @Test
    void oneRunOfARepositoryWaitsForTheOther() throws Exception {
        pool.endless();
        pool.worker("--concurrency", 4);
        String first = pool.enqueue();
        pool.awaitStep(first, "filesystem", StepState.RUNNING);

        String second = pool.enqueue("--ignore", "big*");
        Longshore.Running watching = pool.call("runs", "watch", second).start();
        watching.awaitErr(err -> err.contains("waits for run " + first));
        assertThat(pool.run(second).state()).isEqualTo(RunState.QUEUED);
        pool.call("runs", "cancel", first).run().exits(0);

        assertThat(watching.await().exits(0).out()).contains("succeeded in");
        assertThat(pool.run(first).state()).isEqualTo(RunState.CANCELLED);
    }

    @Test
    void aRunIsCancelledFromAnotherProcess() throws Exception {
        pool.endless();
        pool.worker();
        String run = pool.enqueue();
        pool.awaitStep(run, "filesystem", StepState.RUNNING);
        assertThat(pool.queue("filesystem").running()).isEqualTo(1);

        pool.cancel(run);
        Waiting.until(() -> pool.queue("filesystem").running() == 0, "the worker is free");

        assertThat(pool.place.out).doesNotExist();
        assertThat(pool.call("runs", "cancel", run).run().exits(0).out()).contains("over already");
        pool.fast();
        pool.awaitState(pool.enqueue(), RunState.SUCCEEDED);
    }

    @Test
    void aRunIsDiscardedOnlyWhenItIsOverOrCannotBeRead() throws Exception {
        String run = pool.enqueue();
        assertThat(pool.call("runs", "discard", run).run().exits(2).err())
                .contains("run " + run + " is not over; longshore runs cancel " + run + " ends it");
        pool.cancel(run);
        assertThat(pool.call("runs", "discard", run).run().exits(0).out()).isEqualTo("run " + run + " is removed\n");
        assertThat(pool.call("runs", "discard", run).run().exits(2).err()).contains("there is no run " + run);

        String forged = pool.enqueue();
        pool.forge(forged);
        assertThat(pool.call("runs", "show", forged).run().exits(1).err())
                .contains("somebody else may have written it", "longshore runs discard removes it");
        JsonNode removed =
                pool.call("runs", "discard", forged, "--json").run().exits(0).json();
        assertThat(removed.path("readable").asBoolean(true)).isFalse();
        assertThat(pool.enqueue()).as("one that is gone is not joined").isNotEqualTo(forged);
    }

    @Test
    void ctrlCCancelsTheRunThatIngestPutIn() throws Exception {
        pool.endless();
        pool.worker();
        Longshore.Running ingest = pool.call("ingest", pool.place.source, "-o", pool.place.out, "--docker", "off")
                .start();
        ingest.awaitErr(err -> err.contains("filesystem started"));

        ingest.signal("INT");

        ingest.await().exits(130);
        JsonNode runs = pool.call("runs", "list", "--json", "--state", "cancelled")
                .run()
                .exits(0)
                .json();
        assertThat(runs).hasSize(1);
    }

    @Test
    void ctrlCLeavesARunThatSomebodyElsePutInAndIsNotWaitedFor() throws Exception {
        String run = pool.enqueue();
        Longshore.Running ingest = pool.call("ingest", pool.place.source, "-o", pool.place.out, "--docker", "off")
                .start();
        ingest.awaitErr(err -> err.contains("asks for the same and waits already"));

        ingest.signal("INT");

        assertThat(ingest.await().exits(130).err()).doesNotContain("cleaning up");
        assertThat(pool.run(run).state()).isEqualTo(RunState.QUEUED);
    }

    @Test
    void aGraphThatAnotherRepositoryPublishedMeanwhileIsNotWrittenOver() throws Exception {
        pool.worker();
        pool.call("queue", "pause", "publish").run().exits(0);
        String run = pool.enqueue();
        awaitWaiting("publish", 1);
        Path other = Files.createDirectory(pool.place.temp.resolve("other"));
        Files.writeString(other.resolve("other.py"), "def other(): pass\n");
        pool.place
                .call("ingest", other, "-o", pool.place.out, "--docker", "off")
                .run()
                .exits(0);

        pool.call("queue", "resume", "publish").run().exits(0);

        assertThat(pool.awaitState(run, RunState.FAILED).failure().orElseThrow().message())
                .contains("holds the graph of another repository");
        assertThat(Files.readString(pool.place.out.resolve("nodes.jsonl"))).contains("other.py");
    }

    /** As where its preflight was made a second time while its first step waited for its turn. */
    @Test
    void aStepWhoseTurnComesWhileItsRunIsParkedIsMadeAfterwards() throws Exception {
        pool.worker();
        pool.call("queue", "pause", "filesystem").run().exits(0);
        String run = pool.enqueue();
        awaitWaiting("filesystem", 1);
        pool.park(run);
        pool.call("queue", "resume", "filesystem").run().exits(0);
        Waiting.until(() -> pool.jobsIn(StateName.SCHEDULED) == 1, "the step is to be made later");

        pool.resume(run);

        pool.awaitState(run, RunState.SUCCEEDED);
    }

    private void awaitWaiting(String queue, int jobs) throws IOException, InterruptedException {
        Waiting.until(
                () -> pool.queues().stream().anyMatch(one -> one.name().equals(queue) && one.waiting() == jobs),
                jobs + " wait in " + queue);
    }

    @Test
    void whatHappenedIsReplayedFromAnyPlace() throws Exception {
        pool.worker();
        String run = pool.enqueue();
        pool.awaitState(run, RunState.SUCCEEDED);

        List<JsonNode> events = new ArrayList<>();
        JsonMapper json = new JsonMapper();
        for (String line : pool.call("runs", "watch", run, "--json")
                .run()
                .exits(0)
                .out()
                .lines()
                .toList()) {
            events.add(json.readTree(line));
        }

        assertThat(events.get(0).path("state").asText()).isEqualTo("QUEUED");
        assertThat(events)
                .filteredOn(event -> event.path("type").asText().equals("step"))
                .isNotEmpty();
        JsonNode last = events.get(events.size() - 1);
        assertThat(last.path("state").asText()).isEqualTo("SUCCEEDED");
        String rest = pool.call(
                        "runs",
                        "watch",
                        run,
                        "--json",
                        "--after",
                        last.path("sequence").asLong() - 1)
                .run()
                .exits(0)
                .out();
        assertThat(json.readTree(rest)).isEqualTo(last);
        String nothing = pool.call(
                        "runs",
                        "watch",
                        run,
                        "--json",
                        "--after",
                        last.path("sequence").asLong())
                .run()
                .exits(0)
                .out();
        assertThat(nothing).isEmpty();
    }

    @Test
    void aPausedQueueKeepsItsJobsUntilItIsResumed() throws Exception {
        pool.worker();
        assertThat(pool.call("queue", "pause", "filesystem").run().exits(0).err())
                .contains("no job has been in a queue filesystem");
        assertThat(pool.call("queue", "limit", "filesystem", "--max", 3, "--rate", "10/1m")
                        .run()
                        .exits(0)
                        .err())
                .isEmpty();
        String run = pool.enqueue();
        Waiting.until(
                () -> pool.queues().stream()
                        .anyMatch(queue -> queue.name().equals("filesystem") && queue.waiting() == 1),
                "its preflight is over");
        JsonNode queue = StreamSupport.stream(
                        pool.call("queue", "stats", "--json")
                                .run()
                                .exits(0)
                                .json()
                                .spliterator(),
                        false)
                .filter(one -> one.path("queue").asText().equals("filesystem"))
                .findFirst()
                .orElseThrow();
        assertThat(queue.path("paused").asBoolean()).isTrue();
        assertThat(queue.path("max").asInt()).isEqualTo(3);
        assertThat(queue.path("rate").asText()).isEqualTo("10/1m");
        assertThat(pool.step(run, "filesystem").state()).isEqualTo(StepState.PENDING);

        pool.call("queue", "resume", "filesystem").run().exits(0);

        pool.awaitState(run, RunState.SUCCEEDED);
    }

    @Test
    void aWorkerTakesOnlyItsQueues() throws Exception {
        pool.worker("--queues", "preflight,filesystem");
        String run = pool.enqueue();
        pool.awaitStep(run, "filesystem", StepState.SUCCEEDED);
        // The queue itself is there only once its first job is.
        Waiting.until(
                () -> pool.queues().stream()
                        .anyMatch(queue -> queue.name().equals("docgrapher") && queue.waiting() == 1),
                "the next step waits");

        pool.worker("--queues", "docgrapher=3,publish");

        pool.awaitState(run, RunState.SUCCEEDED);
    }

    /** Whoever can write to Redis must not thereby decide what workers run. */
    @Test
    void aRunThatSomebodyElseChangedIsLeftAlone() throws Exception {
        String run = pool.enqueue();
        String other = pool.enqueue("--ignore", "*.md");
        String stored = pool.redis
                .cli("--raw", "HGET", "{longshore}:run:" + other, "run")
                .stripTrailing();
        pool.redis.cli("HSET", "{longshore}:run:" + run, "run", stored.substring(stored.indexOf("{\"format\"")));

        pool.worker();

        pool.awaitState(other, RunState.SUCCEEDED);
        assertThat(pool.call("runs", "show", run).run().exits(1).err()).contains("not sealed with this pool's keys");
        assertThat(pool.call("runs", "list").run().exits(0).out())
                .contains(other)
                .doesNotContain(run);
    }
}
