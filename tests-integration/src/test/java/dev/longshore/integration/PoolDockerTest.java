package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.run.Run;
import dev.longshore.run.RunState;
import dev.longshore.run.StepState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool whose steps run in containers. */
@Tag("redis")
@Tag("docker")
class PoolDockerTest {
    private static final String FOREVER = "echo waiting; while true; do sleep 1; done";
    private static final String NOTHING = ": >/out/nodes.jsonl; : >/out/edges.jsonl";

    @TempDir
    Path temp;

    private PoolPlace pool;
    private Daemon daemon;

    @BeforeEach
    void startRedis() throws IOException, InterruptedException {
        daemon = Daemon.offered();
        pool = new PoolPlace(temp);
    }

    @AfterEach
    void stopAll() throws IOException, InterruptedException {
        pool.close();
    }

    private Longshore.Running worker() throws IOException, InterruptedException {
        return pool.started(pool.call("worker", "--no-image-build", "--grace", "1s"));
    }

    private String enqueue(String script) throws IOException, InterruptedException {
        return pool.call(
                        "enqueue",
                        pool.place.source,
                        "-o",
                        pool.place.out,
                        "--pipeline",
                        pool.place.pipeline(script, ""))
                .run()
                .exits(0)
                .out()
                .strip();
    }

    private List<String> containers() throws IOException, InterruptedException {
        return daemon.containersUsing(temp);
    }

    private String underWay() throws IOException, InterruptedException {
        String run = enqueue(FOREVER);
        pool.awaitStep(run, "probe", StepState.RUNNING);
        Waiting.until(() -> !containers().isEmpty(), "the step's container is there");
        return run;
    }

    @Test
    void cancellingRemovesTheContainer() throws Exception {
        worker();
        String run = underWay();

        pool.cancel(run);

        Waiting.until(() -> containers().isEmpty(), "the container is gone");
        Waiting.until(() -> pool.queue("probe").running() == 0, "the worker is free");
        assertThat(pool.run(run).state()).isEqualTo(RunState.CANCELLED);
    }

    @Test
    void aWorkerThatStopsRemovesItsContainerAndGivesTheStepBack() throws Exception {
        Longshore.Running worker = worker();
        String run = underWay();

        worker.signal("TERM");

        worker.await().exits(0);
        assertThat(containers()).isEmpty();
        assertThat(pool.step(run, "probe").state()).isEqualTo(StepState.PENDING);
        assertThat(pool.step(run, "probe").failures()).isZero();
        assertThat(pool.queue("probe").waiting()).isEqualTo(1);
        pool.cancel(run);
    }

    @Test
    void theContainerOfAKilledWorkerIsTakenOverByAnother() throws Exception {
        Longshore.Running worker = worker();
        String run = enqueue("until [ -e /workspace/go ]; do sleep 0.1; done; " + NOTHING);
        pool.awaitStep(run, "probe", StepState.RUNNING);
        Waiting.until(() -> !containers().isEmpty(), "the step's container is there");
        daemon.awaitStepContainer(temp);
        List<String> left = containers();
        worker.signal("KILL");
        worker.await().exits(137);
        assertThat(containers()).as("the killed worker's container").isEqualTo(left);

        worker();

        Waiting.until(() -> pool.step(run, "probe").attempt() == 2, "the step is gone on with");
        Waiting.until(
                () -> daemon.names(left).stream().allMatch(name -> name.contains("_by_dir_")),
                "the container has been taken over");
        assertThat(containers()).as("no other container").isEqualTo(left);
        Files.createFile(pool.place.source.resolve("go"));
        pool.awaitState(run, RunState.SUCCEEDED);
        assertThat(pool.step(run, "probe").failures()).isZero();
        assertThat(containers()).isEmpty();
    }

    @Test
    void whatAKilledWorkerLeftGoesWithItsRun() throws Exception {
        Longshore.Running worker = worker();
        String run = underWay();
        worker.signal("KILL");
        worker.await().exits(137);
        assertThat(containers()).isNotEmpty();
        String[] reap = {"docker", "reap", "--grace", "0s"};
        assertThat(pool.call(reap[0], reap[1], "--dry-run", "--grace", "0s")
                        .run()
                        .exits(0)
                        .out())
                .contains("would go", run, "its process is gone");
        assertThat(containers()).isNotEmpty();

        pool.cancel(run);
        assertThat(pool.call((Object[]) reap).run().exits(0).out()).contains("removed", run);

        assertThat(containers()).isEmpty();
        assertThat(pool.call((Object[]) reap).run().exits(0).out()).contains("nothing");
    }

    @Test
    void aRunThatRequiresDockerIsParkedUntilItIsBack() throws Exception {
        Path socket = temp.resolve("later.sock");
        pool.started(pool.call("worker", "--no-image-build", "--docker-host", "unix://" + socket));
        String run = enqueue(NOTHING);

        Run parked = pool.awaitState(run, RunState.PARKED);
        assertThat(parked.failure().orElseThrow().code()).isEqualTo("DOCKER_UNAVAILABLE");
        assertThat(pool.call("runs", "show", run).run().exits(0).out()).contains("parked", "fix:");
        // A link: the daemon has come to listen there.
        Files.createSymbolicLink(socket, Path.of(daemon.host().substring("unix://".length())));

        Run ended = pool.awaitState(run, RunState.SUCCEEDED);
        assertThat(ended.steps()).allMatch(step -> step.attempt() == 1 && step.failures() == 0);
        assertThat(ended.failure()).isEmpty();
    }

    /** Two steps at once, each with one attempt, that go on when the source has a file {@code go}. */
    private Path twoContainers() throws IOException {
        return Files.writeString(temp.resolve("two.yaml"), """
                name: two
                steps:
                  filesystem:
                  one: &container
                    type: container
                    after: filesystem
                    docker: required
                    timeout: 2m
                    retry: {attempts: 1}
                    limits: {memory: 300MiB}
                    options:
                      image: %s
                      command: [sh, -c, "until [ -e /workspace/go ]; do sleep 0.1; done; %s"]
                  two: *container
                """.formatted(Daemon.busybox(), NOTHING));
    }

    /** Whoever has the job of the step that waits then: it does not use up its attempt. */
    @Test
    void aStepWaitsForAPlaceInTheQuota() throws Exception {
        Path policy = Files.writeString(temp.resolve("policy.yaml"), """
                version: 1
                images: [ { repository: "**", pin: none } ]
                binds: { read: [ / ], write: [ / ] }
                quotas: { worker: { memory: 400MiB } }
                """);
        pool.started(pool.call("worker", "--no-image-build", "--concurrency", "4", "--policy", policy));
        String run = pool.call("enqueue", pool.place.source, "-o", pool.place.out, "--pipeline", twoContainers())
                .run()
                .exits(0)
                .out()
                .strip();

        Waiting.until(
                () -> pool.run(run).steps().stream()
                        .anyMatch(step -> step.state() == StepState.PENDING
                                && step.failure()
                                        .filter(why -> why.code().equals("DOCKER_QUOTA_EXCEEDED"))
                                        .isPresent()),
                "one of the steps waits");
        Waiting.until(() -> containers().size() == 1, "the other one's container is there");
        Files.createFile(pool.place.source.resolve("go"));

        Run ended = pool.awaitState(run, RunState.SUCCEEDED);
        assertThat(ended.steps()).allMatch(step -> step.failures() == 0);
        assertThat(containers()).isEmpty();
    }
}
