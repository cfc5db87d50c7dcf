package dev.longshore.worker.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.docker.DockerFailure;
import dev.longshore.docker.DockerFailureException;
import dev.longshore.graph.GraphPart;
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
import dev.longshore.run.StepRun;
import dev.longshore.run.StepState;
import dev.longshore.source.Source;
import dev.longshore.step.ContainerLimits;
import dev.longshore.step.DockerAccess;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import dev.longshore.step.StepOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.states.FailedState;
import org.jobrunr.jobs.states.ProcessingState;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.storage.InMemoryStorageProvider;
import org.jobrunr.storage.navigation.AmountRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real jobs on the real JobRunr; only what the steps do is scripted. */
class JobServerTest {
    private static final DockerAccess NO_DOCKER = () -> {
        throw new AssertionError("a run without Docker steps asked for Docker");
    };
    private static final Duration POLL = Duration.ofMillis(200);
    private static final StepFailure TRANSIENT = new StepFailure.InputOutput("connection reset");
    private static final StepFailure PERMANENT = new StepFailure.InvalidOutput("nodes.jsonl:3", "not JSON");

    @TempDir
    Path temporary;

    private final RunStore runs = new InMemoryRunStore();
    private final List<JobServer> servers = new ArrayList<>();
    private Path source = Path.of("unset");

    @BeforeEach
    void makeSource() throws IOException {
        source = Files.createDirectory(temporary.resolve("source"));
    }

    @AfterEach
    void stop() {
        servers.forEach(JobServer::close);
    }

    private static ScriptedStep step(String type, ScriptedStep.Script script) {
        return new ScriptedStep(type, script);
    }

    private static ScriptedStep step(String type) {
        return step(type, (context, attempt) -> {});
    }

    private static StepSpec spec(String name, Duration timeout, String... after) {
        return new StepSpec(
                name,
                name,
                Set.of(after),
                DockerNeed.NONE,
                timeout,
                new StepSpec.Retry(3, Duration.ofMillis(20)),
                ContainerLimits.DEFAULT,
                new StepOptions(Map.of()));
    }

    private static StepSpec spec(String name, String... after) {
        return spec(name, Duration.ofMinutes(1), after);
    }

    private Run newRun(StepSpec... steps) {
        Instant now = Instant.now();
        Run run = Run.queued(new RunSpec(
                RunId.next(now),
                new Source.Directory(source, Optional.empty()),
                new Pipeline("scripted", List.of(steps)),
                DockerMode.AUTO,
                temporary.resolve("out"),
                now));
        runs.create(run);
        return run;
    }

    private JobServer serve(ScriptedStep... steps) {
        return serve(false, steps);
    }

    private JobServer serve(boolean pool, ScriptedStep... steps) {
        return started(JobServer.inMemory(services(pool, steps), 4, POLL));
    }

    private Services services(boolean pool, ScriptedStep... steps) {
        return new Services(
                runs,
                new StepTypes(List.copyOf(Arrays.asList(steps))),
                temporary.resolve("work"),
                NO_DOCKER,
                new ProgressBoard(),
                2,
                Clock.systemUTC(),
                pool);
    }

    private JobServer started(JobServer server) {
        servers.add(server);
        server.start();
        return server;
    }

    private Run end(JobServer server, Run run) throws InterruptedException {
        BlockingQueue<Run> over = new LinkedBlockingQueue<>();
        try (RunStore.Subscription subscription = runs.subscribe(run.id(), changed -> {
            if (changed.state().isFinal()) {
                over.add(changed);
            }
        })) {
            server.enqueue(run);
            Run ended = over.poll(60, TimeUnit.SECONDS);
            assertThat(ended).as("the run ends").isNotNull();
            return ended;
        }
    }

    private List<String> published() throws IOException {
        List<String> paths = new ArrayList<>();
        new GraphPart(temporary.resolve("out")).forEachNode(node -> paths.add(node.text("path")));
        paths.sort(null);
        return paths;
    }

    @Test
    void stepsRunInOrderAndTheirPartsBecomeOneGraph() throws Exception {
        List<String> order = new ArrayList<>();
        JobServer server = serve(step("a", (context, attempt) -> order.add("a")), step("b", (context, attempt) -> {
            order.add("b");
            context.earlier().forEachNode(node -> order.add("saw " + node.text("path")));
        }));

        Run ended = end(server, newRun(spec("a"), spec("b", "a")));

        assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(order).containsExactly("a", "b", "saw a");
        assertThat(published()).containsExactly("a", "b");
        assertThat(ended.step("a").outcome().orElseThrow().counts()).containsEntry("scripted", 1L);
    }

    @Test
    void stepsThatDoNotWaitForOneAnotherRunSideBySide() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        ScriptedStep.Script meet = (context, attempt) -> {
            both.countDown();
            assertThat(both.await(30, TimeUnit.SECONDS)).isTrue();
        };
        JobServer server = serve(step("a", meet), step("b", meet), step("c"));

        Run ended = end(server, newRun(spec("a"), spec("b"), spec("c", "a", "b")));

        assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(published()).containsExactly("a", "b", "c");
    }

    @Test
    void aPassingFailureIsTriedAgain() throws Exception {
        ScriptedStep flaky = step("a", (context, attempt) -> {
            if (attempt < 3) {
                throw new StepException(TRANSIENT);
            }
        });

        Run ended = end(serve(flaky), newRun(spec("a")));

        assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(ended.step("a").attempt()).isEqualTo(3);
    }

    /**
     * A store that hears of no running job until it has often been looked for lost ones: what becomes of a process that
     * gets no processor time, or of a laptop that sleeps, as only some of JobRunr's threads have gone on.
     */
    private static final class SilentStore extends InMemoryStorageProvider {
        private final CountDownLatch looks = new CountDownLatch(10);
        private final List<Job> failed = new CopyOnWriteArrayList<>();

        private static boolean isSignOfLife(Job job) {
            return job.getJobState() instanceof ProcessingState processing
                    && processing.getUpdatedAt().isAfter(processing.getCreatedAt());
        }

        @Override
        public List<Job> getJobList(StateName state, Instant updatedBefore, AmountRequest request) {
            if (state == StateName.PROCESSING) {
                looks.countDown();
            }
            return super.getJobList(state, updatedBefore, request);
        }

        @Override
        public List<Job> save(List<Job> jobs) {
            jobs.stream()
                    .filter(job -> job.getLastJobStateOfType(FailedState.class).isPresent())
                    .forEach(failed::add);
            if (jobs.stream().anyMatch(SilentStore::isSignOfLife)) {
                awaitLooks();
            }
            return super.save(jobs);
        }

        void awaitLooks() {
            try {
                assertThat(looks.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void aJobThatGaveNoSignForAWhileIsNotTakenForLost() throws Exception {
        SilentStore store = new SilentStore();
        ScriptedStep slow = step("a", (context, attempt) -> store.awaitLooks());
        JobServer server =
                started(new JobServer(services(false, slow), store, JobServer.Settings.alone("test", 4, POLL)));

        Run ended = end(server, newRun(spec("a")));

        assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(slow.attempts).hasValue(1);
        assertThat(store.failed).isEmpty();
    }

    private static ScriptedStep turnedAway(int times, DockerFailure why) {
        return step("a", (context, attempt) -> {
            if (attempt <= times) {
                throw new DockerFailureException(why);
            }
        });
    }

    @Test
    void aStepThatIsTurnedAwayWaitsAndUsesUpNoAttempt() throws Exception {
        DockerFailure full = new DockerFailure.RateLimited("create", "this guard's limit", Duration.ofMillis(10));
        Run run = newRun(spec("a"));
        BlockingQueue<StepRun> waiting = new LinkedBlockingQueue<>();
        try (RunStore.Subscription changes = runs.subscribe(run.id(), changed -> {
            StepRun now = changed.step("a");
            if (now.state() == StepState.PENDING && now.failure().isPresent()) {
                waiting.add(now);
            }
        })) {
            Run ended = end(serve(turnedAway(5, full)), run);

            assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(ended.step("a").failures()).isZero();
            assertThat(waiting)
                    .hasSize(5)
                    .allSatisfy(step -> assertThat(step.failure()).contains(StepFailure.of(full)));
        }
    }

    private static final DockerFailure AWAY = new DockerFailure.InBackoff(
            "ping", "the guard", Duration.ofMillis(10), new DockerFailure.SocketAbsent(List.of("/run/docker.sock")));

    @Test
    void inAPoolAStepWaitsForADaemonThatIsAway() throws Exception {
        Run ended = end(serve(true, turnedAway(5, AWAY)), newRun(spec("a")));

        assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(ended.step("a").failures()).isZero();
    }

    @Test
    void onOneMachineADaemonThatIsAwayUsesUpTheAttempts() throws Exception {
        Run ended = end(serve(turnedAway(5, AWAY)), newRun(spec("a")));

        assertThat(ended.state()).isEqualTo(RunState.FAILED);
        assertThat(ended.step("a").failures()).isEqualTo(3);
    }

    @Test
    void aFailureThatStaysEndsTheStepAfterItsLastAttempt() throws Exception {
        ScriptedStep broken = step("a", (context, attempt) -> {
            throw new IOException("connection reset");
        });
        ScriptedStep later = step("b");

        Run ended = end(serve(broken, later), newRun(spec("a"), spec("b", "a")));

        assertThat(ended.state()).isEqualTo(RunState.FAILED);
        assertThat(broken.attempts).hasValue(3);
        assertThat(later.attempts).hasValue(0);
        assertThat(ended.step("a").failure()).contains(TRANSIENT);
        assertThat(ended.step("b").skipped().orElseThrow().message()).isEqualTo("comes after a, which failed");
        assertThat(temporary.resolve("out")).doesNotExist();
    }

    @Test
    void aFailureThatNoRetryMendsIsNotTriedAgain() throws Exception {
        ScriptedStep broken = step("a", (context, attempt) -> {
            throw new StepException(PERMANENT);
        });

        Run ended = end(serve(broken), newRun(spec("a")));

        assertThat(ended.state()).isEqualTo(RunState.FAILED);
        assertThat(broken.attempts).hasValue(1);
        assertThat(ended.step("a").state()).isEqualTo(StepState.FAILED);
    }

    @Test
    void aStepThatThrowsWhatItShouldNotFails() throws Exception {
        ScriptedStep broken = step("a", (context, attempt) -> {
            throw new StackOverflowError();
        });

        Run ended = end(serve(broken), newRun(spec("a")));

        assertThat(ended.step("a").failure().orElseThrow().code()).isEqualTo("UNEXPECTED");
    }

    @Test
    void aFullDiskIsNamedAndNotTriedAgain() throws Exception {
        ScriptedStep broken = step("a", (context, attempt) -> {
            throw new java.nio.file.FileSystemException("/out/nodes.jsonl", null, "No space left on device");
        });

        Run ended = end(serve(broken), newRun(spec("a")));

        assertThat(ended.step("a").failure().orElseThrow())
                .isEqualTo(new StepFailure.DiskFull("/out/nodes.jsonl: No space left on device"));
        assertThat(broken.attempts).hasValue(1);
    }

    @Test
    void aStepPastItsTimeoutIsInterrupted() throws Exception {
        ScriptedStep endless = step("a", (context, attempt) -> new CountDownLatch(1).await());

        Run ended = end(serve(endless), newRun(spec("a", Duration.ofMillis(50))));

        assertThat(ended.step("a").failure()).contains(new StepFailure.TimedOut(Duration.ofMillis(50)));
        assertThat(endless.attempts).hasValue(3);
    }

    @Test
    void cancellingInterruptsWhatRunsAndNothingElseStarts() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        ScriptedStep endless = step("a", (context, attempt) -> {
            running.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                interrupted.countDown();
            }
        });
        ScriptedStep later = step("b");
        JobServer server = serve(endless, later);
        Run run = newRun(spec("a"), spec("b", "a"));
        server.enqueue(run);
        assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();

        runs.update(run.id(), before -> before.cancelledUnlessOver(Instant.now()));

        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(runs.get(run.id()).state()).isEqualTo(RunState.CANCELLED);
        assertThat(later.attempts).hasValue(0);
        assertThat(temporary.resolve("out")).doesNotExist();
    }

    @Test
    void enqueuingTwiceIsOnce() throws Exception {
        ScriptedStep step = step("a");
        JobServer server = serve(step);
        Run run = newRun(spec("a"));

        server.enqueue(run);
        server.enqueue(run);
        Run ended = end(server, run);

        assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(step.attempts).hasValue(1);
    }

    @Test
    void aSourceThatIsGoneFailsTheRunInItsPreflight() throws Exception {
        ScriptedStep step = step("a");
        Run run = newRun(spec("a"));
        Files.delete(source);

        Run ended = end(serve(step), run);

        assertThat(ended.state()).isEqualTo(RunState.FAILED);
        assertThat(ended.failure()).isPresent();
        assertThat(ended.step("a").state()).isEqualTo(StepState.CANCELLED);
        assertThat(step.attempts).hasValue(0);
    }

    @Test
    void aGraphOfSomethingElseIsNotOverwritten() throws Exception {
        Files.createDirectory(temporary.resolve("out"));
        Files.writeString(temporary.resolve("out/thesis.tex"), "years of work");

        Run ended = end(serve(step("a")), newRun(spec("a")));

        assertThat(ended.failure().orElseThrow().code()).isEqualTo("OUTPUT_REFUSED");
        assertThat(temporary.resolve("out/thesis.tex")).hasContent("years of work");
    }

    @Test
    void aFailedRunLeavesTheGraphThatWasThere() throws Exception {
        Run first = end(serve(step("a")), newRun(spec("a")));
        assertThat(first.state()).isEqualTo(RunState.SUCCEEDED);

        ScriptedStep broken = step("a", (context, attempt) -> {
            throw new StepException(PERMANENT);
        });
        Run second = end(serve(broken), newRun(spec("a")));

        assertThat(second.state()).isEqualTo(RunState.FAILED);
        assertThat(published()).containsExactly("a");
    }

    @Test
    void scratchSpaceIsGoneAfterEachAttempt() throws Exception {
        ScriptedStep messy = step("a", (context, attempt) -> {
            Files.writeString(context.resources().scratch().resolve("junk"), "junk");
            if (attempt == 1) {
                throw new StepException(TRANSIENT);
            }
        });

        Run ended = end(serve(messy), newRun(spec("a")));

        assertThat(ended.step("a").state()).isEqualTo(StepState.SUCCEEDED);
        try (var left =
                Files.list(temporary.resolve("work").resolve(ended.id().value()).resolve("scratch"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aJobThatJobRunrGivesUpFailsItsRun() throws Exception {
        Run run = newRun(spec("a"));
        JobServer server = serve(); // knows no step of type a: the handler throws what it did not expect

        Run ended = end(server, run);

        assertThat(ended.state()).isEqualTo(RunState.FAILED);
        assertThat(ended.steps()).extracting(StepRun::state).doesNotContain(StepState.RUNNING);
    }
}
