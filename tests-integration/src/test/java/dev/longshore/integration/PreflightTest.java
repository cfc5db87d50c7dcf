package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.docker.DockerSettings;
import dev.longshore.docker.GuardedDocker;
import dev.longshore.docker.HostPathMode;
import dev.longshore.docker.PullPolicy;
import dev.longshore.docker.policy.PolicyFile;
import dev.longshore.docker.testing.Answers;
import dev.longshore.docker.testing.FakeContainers;
import dev.longshore.docker.testing.FakeDaemon;
import dev.longshore.pipeline.DockerNeed;
import dev.longshore.pipeline.Pipeline;
import dev.longshore.pipeline.StepSpec;
import dev.longshore.pipeline.StepTypes;
import dev.longshore.run.DockerMode;
import dev.longshore.run.InMemoryRunStore;
import dev.longshore.run.Run;
import dev.longshore.run.RunId;
import dev.longshore.run.RunSpec;
import dev.longshore.run.RunState;
import dev.longshore.run.RunStore;
import dev.longshore.run.StepState;
import dev.longshore.source.Source;
import dev.longshore.step.ContainerLimits;
import dev.longshore.step.OptionSpec;
import dev.longshore.step.Step;
import dev.longshore.step.StepContext;
import dev.longshore.step.StepCounts;
import dev.longshore.step.StepOptions;
import dev.longshore.worker.jobs.JobServer;
import dev.longshore.worker.jobs.ProgressBoard;
import dev.longshore.worker.jobs.Services;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the preflight does about failures that may pass: with the real jobs and guard, and a daemon that fails on demand. */
@Timeout(120)
class PreflightTest {
    private static final String PULLED = "{\"status\":\"Status: Downloaded newer image for app:1\"}";
    private static final String ONE_AT_A_TIME = """
            version: 1
            images: [ { repository: "**", pin: none } ]
            binds: { read: [ / ], write: [ / ] }
            quotas: { worker: { containers: 1 } }
            """;
    /** Less than even the canary has. */
    private static final String TOO_SMALL = ONE_AT_A_TIME.replace("containers: 1", "memory: 16MiB");
    /** What one preflight makes of a pull that fails for a reason that may pass. */
    private static final int PULLS = 4;

    /** A socket's path must be short. */
    @TempDir
    Path temporary;

    private final RunStore runs = new InMemoryRunStore();
    private final AtomicInteger pulls = new AtomicInteger();
    private FakeDaemon daemon;
    private FakeContainers containers;

    /** Runs an image that is always pulled; what it does there is of no interest here. */
    private static final class Pulling implements Step {
        @Override
        public String type() {
            return "probe";
        }

        @Override
        public List<OptionSpec> options() {
            return List.of();
        }

        @Override
        public Optional<String> image(StepOptions options) {
            return Optional.of("app:1");
        }

        @Override
        public PullPolicy pull(StepOptions options) {
            return PullPolicy.ALWAYS;
        }

        @Override
        public StepCounts run(StepContext context) {
            return new StepCounts();
        }
    }

    @BeforeEach
    void start() throws IOException {
        Files.writeString(Files.createDirectory(temporary.resolve("source")).resolve("a.py"), "pass");
        daemon = new FakeDaemon(temporary.resolve("d.sock"));
        containers = FakeContainers.in(daemon, "seen", 0);
        pulling("");
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    /** The registry answers every pull so, and after {@code failures} of them lets it succeed. */
    private void pulling(String error, int failures) {
        daemon.on(
                "POST /images/create",
                out -> Answers.json(
                                200,
                                pulls.incrementAndGet() > failures
                                        ? PULLED
                                        : "{\"errorDetail\":{\"message\":\"" + error + "\"},\"error\":\"" + error
                                                + "\"}")
                        .write(out));
    }

    private void pulling(String error) {
        pulling(error, error.isEmpty() ? 0 : Integer.MAX_VALUE);
    }

    private static StepSpec spec(DockerNeed docker, int attempts) {
        return spec("probe", docker, attempts);
    }

    private static StepSpec spec(String name, DockerNeed docker, int attempts) {
        return new StepSpec(
                name,
                "probe",
                Set.of(),
                docker,
                Duration.ofMinutes(1),
                new StepSpec.Retry(attempts, Duration.ofMillis(20)),
                ContainerLimits.DEFAULT,
                new StepOptions(Map.of()));
    }

    private Run newRun(StepSpec... steps) {
        Instant now = Instant.now();
        Run run = Run.queued(new RunSpec(
                RunId.next(now),
                new Source.Directory(temporary.resolve("source"), Optional.empty()),
                new Pipeline("probing", List.of(steps)),
                DockerMode.AUTO,
                temporary.resolve("out"),
                now));
        runs.create(run);
        return run;
    }

    private DockerSettings settings() {
        return daemon.settings(temporary).withHostPaths(HostPathMode.SAME);
    }

    /** What a test does while the run is under way. */
    private interface Meanwhile {
        void happens(BlockingQueue<Run> changes) throws InterruptedException;
    }

    private Run end(DockerSettings settings, StepSpec step, Meanwhile meanwhile) throws InterruptedException {
        return end(settings, newRun(step), false, meanwhile);
    }

    private Run end(DockerSettings settings, Run run, boolean pool, Meanwhile meanwhile) throws InterruptedException {
        BlockingQueue<Run> changes = new LinkedBlockingQueue<>();
        try (GuardedDocker docker = GuardedDocker.open(settings);
                JobServer server = JobServer.inMemory(
                        new Services(
                                runs,
                                new StepTypes(List.of(new Pulling())),
                                temporary.resolve("work"),
                                () -> docker,
                                new ProgressBoard(),
                                1,
                                Clock.systemUTC(),
                                pool),
                        2,
                        Duration.ofMillis(200));
                RunStore.Subscription subscription = runs.subscribe(run.id(), changes::add)) {
            server.start();
            server.enqueue(run);
            meanwhile.happens(changes);
            return await(changes, now -> now.state().isFinal());
        }
    }

    private Run end(StepSpec step) throws InterruptedException {
        return end(settings(), step, changes -> {});
    }

    private static Run await(BlockingQueue<Run> changes, Predicate<Run> wanted) throws InterruptedException {
        Run now;
        do {
            now = changes.poll(60, TimeUnit.SECONDS);
            assertThat(now).as("the run goes on").isNotNull();
        } while (!wanted.test(now));
        return now;
    }

    @Test
    void aPullThatFailsForAReasonThatMayPassIsMadeAgain() throws Exception {
        pulling("dial tcp: i/o timeout", PULLS);

        Run ended = end(spec(DockerNeed.REQUIRED, 3));

        assertThat(ended.state()).as("%s", ended.failure()).isEqualTo(RunState.SUCCEEDED);
        assertThat(ended.failure()).as("what it waited for").isEmpty();
        assertThat(ended.step("probe").attempt()).isEqualTo(1);
        assertThat(pulls).hasValue(PULLS + 1);
    }

    @Test
    void aPullThatGoesOnFailingFailsTheRunAfterTheStepsAttempts() throws Exception {
        pulling("dial tcp: i/o timeout");

        Run ended = end(spec(DockerNeed.REQUIRED, 2));

        assertThat(ended.state()).isEqualTo(RunState.FAILED);
        assertThat(ended.failure().orElseThrow().code()).isEqualTo("DOCKER_IMAGE_PULL_FAILED");
        assertThat(ended.failure().orElseThrow().fix()).contains("docker pull app:1");
        assertThat(pulls).hasValue(2 * PULLS);
    }

    @Test
    void anImageThatIsNotThereFailsTheRunAtOnce() throws Exception {
        pulling("manifest unknown");

        Run ended = end(spec(DockerNeed.REQUIRED, 3));

        assertThat(ended.state()).isEqualTo(RunState.FAILED);
        assertThat(ended.failure().orElseThrow().message()).contains("manifest unknown");
        assertThat(pulls).hasValue(1);
    }

    @Test
    void anOptionalStepWhoseImageIsNotThereIsSkipped() throws Exception {
        pulling("manifest unknown");

        Run ended = end(spec(DockerNeed.OPTIONAL, 3));

        assertThat(ended.state()).isEqualTo(RunState.DEGRADED);
        assertThat(ended.step("probe").state()).isEqualTo(StepState.SKIPPED);
    }

    /** Also where the step is optional: what is full now is no reason to do without it. */
    @Test
    void aRunWaitsForAPlaceInTheQuota() throws Exception {
        AtomicBoolean full = new AtomicBoolean(true);
        daemon.handle(
                "GET /containers/json",
                request -> Answers.json(200, full.get() ? "[{\"Names\":[\"/longshore-other\"]}]" : "[]"));
        DockerSettings quota = settings().withPolicy(PolicyFile.parse("test", ONE_AT_A_TIME, Map.of()));

        Run ended = end(quota, spec(DockerNeed.OPTIONAL, 1), changes -> {
            Run waiting = await(changes, now -> now.failure().isPresent());
            assertThat(waiting.state()).isEqualTo(RunState.RUNNING);
            assertThat(waiting.failure().orElseThrow().code()).isEqualTo("DOCKER_QUOTA_EXCEEDED");
            assertThat(containers.created()).isEmpty();
            full.set(false);
        });

        assertThat(ended.state()).as("%s", ended.failure()).isEqualTo(RunState.SUCCEEDED);
        assertThat(ended.failure()).isEmpty();
        assertThat(containers.created()).as("the canary").hasSize(1);
        assertThat(containers.left()).isEmpty();
    }

    @Test
    void aRunDoesNotWaitForMoreThanTheQuotaEverHas() throws Exception {
        DockerSettings quota = settings().withPolicy(PolicyFile.parse("test", TOO_SMALL, Map.of()));

        Run ended = end(quota, spec(DockerNeed.REQUIRED, 3), changes -> {});

        assertThat(ended.state()).isEqualTo(RunState.FAILED);
        assertThat(ended.failure().orElseThrow().code()).isEqualTo("DOCKER_POLICY_DENIED");
        assertThat(ended.failure().orElseThrow().message()).contains("quota-worker", "64MiB asked for");
        assertThat(containers.created()).isEmpty();
    }

    /** A worker may die with a preflight that it has made: the job comes back while the run's first step is at work. */
    @Test
    void aPreflightThatIsMadeAgainBesideAStepAtWorkFailsNoRunForADockerThatIsAway() throws Exception {
        Run run = newRun(spec("first", DockerNeed.NONE, 1), spec("probe", DockerNeed.REQUIRED, 1));
        runs.start(run.id(), "repository");
        runs.update(run.id(), before -> before.stepStarted("first", Instant.now()));
        daemon.stop();

        Run ended = end(settings(), run, true, changes -> {
            // It asks nothing of Docker itself, so that it is not held.
            Run after = await(changes, now -> now.step("probe").state().isFinal());
            assertThat(after.state()).isEqualTo(RunState.RUNNING);
            assertThat(after.failure()).isEmpty();
            assertThat(after.step("probe").state()).isEqualTo(StepState.SUCCEEDED);
            runs.update(run.id(), before -> before.cancelled(Instant.now()));
        });

        assertThat(ended.state()).isEqualTo(RunState.CANCELLED);
    }
}
