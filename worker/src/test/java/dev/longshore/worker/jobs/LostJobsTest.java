package dev.longshore.worker.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.pipeline.DockerNeed;
import dev.longshore.pipeline.Pipeline;
import dev.longshore.pipeline.StepSpec;
import dev.longshore.pipeline.StepTypes;
import dev.longshore.run.DockerMode;
import dev.longshore.run.DueRun;
import dev.longshore.run.InMemoryRunStore;
import dev.longshore.run.Run;
import dev.longshore.run.RunId;
import dev.longshore.run.RunSpec;
import dev.longshore.run.RunState;
import dev.longshore.run.RunStore;
import dev.longshore.run.StepState;
import dev.longshore.source.Source;
import dev.longshore.step.ContainerLimits;
import dev.longshore.step.StepFailure;
import dev.longshore.step.StepOptions;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobDetails;
import org.jobrunr.storage.ConcurrentJobModificationException;
import org.jobrunr.storage.InMemoryStorageProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that end without their handler's doing, as an operator's hand in the dashboard makes them. */
class LostJobsTest {
    private static final int MOST_ATTEMPTS = 20;

    @TempDir
    Path temporary;

    private final RunStore runs = new InMemoryRunStore();
    private final InMemoryStorageProvider storage = new InMemoryStorageProvider();
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    private JobServer server;
    private Run run;

    @BeforeEach
    @SuppressWarnings("NullAway.Init") // JUnit calls it first
    void start() throws IOException, InterruptedException {
        StepTypes types = new StepTypes(List.of(new ScriptedStep("slow", (context, attempt) -> {
            started.countDown();
            go.await();
        })));
        Services services = new Services(
                runs,
                types,
                temporary.resolve("work"),
                () -> {
                    throw new AssertionError("a run without Docker steps asked for Docker");
                },
                new ProgressBoard(),
                1,
                Clock.systemUTC(),
                false);
        server = new JobServer(services, storage, JobServer.Settings.alone("test", 1, Duration.ofMillis(200)));
        server.start();
        Instant now = Instant.now();
        StepSpec slow = new StepSpec(
                "slow",
                "slow",
                Set.of(),
                DockerNeed.NONE,
                Duration.ofMinutes(1),
                new StepSpec.Retry(1, Duration.ofMillis(20)),
                ContainerLimits.DEFAULT,
                new StepOptions(Map.of()));
        run = Run.queued(new RunSpec(
                RunId.next(now),
                new Source.Directory(Files.createDirectory(temporary.resolve("source")), Optional.empty()),
                new Pipeline("scripted", List.of(slow)),
                DockerMode.OFF,
                temporary.resolve("out"),
                now));
        server.enqueue(run);
        assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @AfterEach
    void stop() {
        go.countDown();
        server.close();
    }

    /** Changes the step's job, whose server writes to it as well while it works on it. */
    private void save(Consumer<Job> change) {
        for (int attempt = 1; ; attempt++) {
            Job job = storage.getJobById(new StepJob(run.id(), "slow").id());
            change.accept(job);
            try {
                storage.save(job);
                return;
            } catch (ConcurrentJobModificationException e) {
                if (attempt == MOST_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    @Test
    void aRunWhoseJobWasDeletedIsCancelled() {
        save(job -> job.delete("by an operator"));
        assertThat(runs.get(run.id()).state()).isEqualTo(RunState.RUNNING);

        server.endRunsOfLostJobs();

        assertThat(runs.get(run.id()).state()).isEqualTo(RunState.CANCELLED);
    }

    @Test
    void aLostJobIsFoundBehindManyThatEndedAfterIt() {
        save(job -> job.delete("by an operator"));
        deleteOthers(250);

        server.endRunsOfLostJobs();

        assertThat(runs.get(run.id()).state()).isEqualTo(RunState.CANCELLED);
    }

    @Test
    void aLostJobIsFoundByALaterLookBehindMoreThanOneTakesIn() {
        LostJobs lost = new LostJobs(runs, storage, Clock.systemUTC(), new EndedJobs.Bound(10, 5));
        lost.look();
        save(job -> job.delete("by an operator"));
        deleteOthers(60);

        lost.look();
        assertThat(runs.get(run.id()).state()).isEqualTo(RunState.RUNNING);
        lost.look();

        assertThat(runs.get(run.id()).state()).isEqualTo(RunState.CANCELLED);
    }

    /** Which of its preflights a parked run has now is known from its being due, and nobody makes that one again. */
    @Test
    void aParkedRunWhosePreflightWasDeletedIsCancelled() throws IOException {
        Run parked = parked();
        DueRun due = new DueRun(parked.id(), new DueRun.Occasion("parked:1"));
        PreflightJob what = new PreflightJob(parked.id(), due.occasion());
        Job preflight = new Job(what.id(), new JobDetails(what));
        preflight.delete("by an operator");
        storage.save(preflight);

        server.endRunsOfLostJobs();
        assertThat(runs.get(parked.id()).state()).as("it may be an earlier one").isEqualTo(RunState.PARKED);
        server.enqueue(due);

        assertThat(runs.get(parked.id()).state()).isEqualTo(RunState.CANCELLED);
    }

    @Test
    void aParkedRunWhosePreflightWaitsForAWorkerStaysParked() throws IOException {
        Run parked = parked();

        server.enqueue(new DueRun(parked.id(), new DueRun.Occasion("parked:1")));

        assertThat(runs.get(parked.id()).state()).isEqualTo(RunState.PARKED);
    }

    private Run parked() throws IOException {
        Run other = Run.queued(new RunSpec(
                RunId.next(Instant.now()),
                new Source.Directory(Files.createDirectory(temporary.resolve("other")), Optional.empty()),
                run.pipeline(),
                DockerMode.OFF,
                temporary.resolve("other-out"),
                Instant.now()));
        runs.create(other);
        runs.start(other.id(), "other");
        return runs.update(other.id(), before -> before.parked(new StepFailure.PreflightFailed("Docker is away", "")));
    }

    private void deleteOthers(int count) {
        for (int i = 0; i < count; i++) {
            Job other = new Job(new JobDetails(new StepJob(RunId.next(Instant.now()), "other")));
            other.delete("by an operator");
            storage.save(other);
        }
    }

    @Test
    void aRunWhoseJobIsGivenUpFailsAndSaysSo() {
        save(job -> job.failed("Its worker was lost 4 times while it ran", new IllegalStateException("lost")));

        server.endRunsOfLostJobs();

        Run ended = runs.get(run.id());
        assertThat(ended.state()).isEqualTo(RunState.FAILED);
        assertThat(ended.failure().orElseThrow().message()).contains("step slow was given up", "lost 4 times");
    }

    @Test
    void aRunWhoseStepIsDoneDoesNotMissItsDeletedJob() throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        try (RunStore.Subscription subscription = runs.subscribe(run.id(), changed -> {
            if (changed.state().isFinal()) {
                over.countDown();
            }
        })) {
            go.countDown();
            assertThat(over.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(runs.get(run.id()).step("slow").state()).isEqualTo(StepState.SUCCEEDED);
        save(job -> job.delete("tidied away"));

        server.endRunsOfLostJobs();

        assertThat(runs.get(run.id()).state()).isEqualTo(RunState.SUCCEEDED);
    }
}
