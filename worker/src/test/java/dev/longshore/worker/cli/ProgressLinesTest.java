package dev.longshore.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.pipeline.DockerNeed;
import dev.longshore.pipeline.Pipeline;
import dev.longshore.pipeline.StepSpec;
import dev.longshore.run.DockerMode;
import dev.longshore.run.InMemoryRunStore;
import dev.longshore.run.Run;
import dev.longshore.run.RunId;
import dev.longshore.run.RunSpec;
import dev.longshore.run.RunStore;
import dev.longshore.source.Source;
import dev.longshore.step.ContainerLimits;
import dev.longshore.step.StepFailure;
import dev.longshore.step.StepOptions;
import dev.longshore.worker.jobs.ProgressBoard;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Progress must never hold up the run that it shows. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProgressLinesTest {
    private static final StepSpec STEP = new StepSpec(
            "read",
            "read",
            Set.of(),
            DockerNeed.NONE,
            Duration.ofMinutes(1),
            new StepSpec.Retry(2, Duration.ofSeconds(1)),
            ContainerLimits.DEFAULT,
            new StepOptions(Map.of()));

    private final RunStore runs = new InMemoryRunStore();
    private final RunSpec spec = new RunSpec(
            RunId.next(Instant.now()),
            new Source.Directory(Path.of("/source"), Optional.empty()),
            new Pipeline("one", List.of(STEP)),
            DockerMode.OFF,
            Path.of("/out"),
            Instant.now());

    @BeforeEach
    void createRun() {
        runs.create(Run.queued(spec));
    }

    /** Two attempts, and an end. */
    private void runThrough() {
        runs.update(spec.id(), Run::started);
        runs.update(spec.id(), run -> run.stepStarted("read", Instant.now()));
        runs.update(spec.id(), run -> run.stepRetried("read", 1, new StepFailure.InputOutput("no luck")));
        runs.update(spec.id(), run -> run.stepStarted("read", Instant.now()));
        runs.update(spec.id(), run -> run.cancelled(Instant.now()));
    }

    /** What a terminal that was stopped, or a pipe that nobody reads, is to whoever writes to it. */
    private static final class Blocked extends OutputStream {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            entered.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            written.write(bytes, offset, length);
        }

        PrintStream stream() {
            return new PrintStream(this, true, StandardCharsets.UTF_8);
        }
    }

    @Test
    void everyChangeIsALineAndClosingWritesTheLast() {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        try (ProgressLines lines = new ProgressLines(
                runs, spec, new ProgressBoard(), new PrintStream(written, true, StandardCharsets.UTF_8))) {
            assertThat(lines).isNotNull();
            runThrough();
        }
        assertThat(written.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "longshore: read started",
                        "longshore: read waits for another attempt: no luck",
                        "longshore: read started",
                        "longshore: read cancelled");
    }

    @Test
    void whatAStrangerWroteMovesNoCursor() {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        try (ProgressLines lines = new ProgressLines(
                runs, spec, new ProgressBoard(), new PrintStream(written, true, StandardCharsets.UTF_8))) {
            assertThat(lines).isNotNull();
            runs.update(spec.id(), Run::started);
            runs.update(spec.id(), run -> run.stepStarted("read", Instant.now()));
            runs.update(
                    spec.id(),
                    run -> run.stepRetried("read", 1, new StepFailure.InputOutput("a\u001b[2Jb\nlongshore: read c")));
        }
        assertThat(written.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "longshore: read started",
                        "longshore: read waits for another attempt: a [2Jb longshore: read c");
    }

    @Test
    void whatThePreflightWaitsForIsALineOnce() {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        StepFailure full = new StepFailure.Recorded("DOCKER_QUOTA_EXCEEDED", "over the quota", true, "wait");
        try (ProgressLines lines = new ProgressLines(
                runs, spec, new ProgressBoard(), new PrintStream(written, true, StandardCharsets.UTF_8))) {
            assertThat(lines).isNotNull();
            runs.update(spec.id(), Run::started);
            runs.update(spec.id(), run -> run.waiting(full));
            runs.update(
                    spec.id(),
                    run -> run.waiting(new StepFailure.Recorded(full.code(), full.message(), true, "wait longer")));
            runs.update(spec.id(), Run::checked);
            runs.update(spec.id(), run -> run.stepStarted("read", Instant.now()));
        }
        assertThat(written.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("longshore: preflight waits: over the quota", "longshore: read started");
    }

    @ParameterizedTest
    @EnumSource(names = {"LINES", "BARS"})
    void whereNobodyReadsTheRunGoesOnAndCloses(ProgressStyle style) throws Exception {
        Blocked blocked = new Blocked();
        long begin;
        try (ProgressView view = ProgressView.open(style, runs, spec, new ProgressBoard(), blocked.stream())) {
            assertThat(view).isNotNull();
            runs.update(spec.id(), Run::started);
            runs.update(spec.id(), run -> run.stepStarted("read", Instant.now()));
            assertThat(blocked.entered.await(20, TimeUnit.SECONDS))
                    .as("it is being written")
                    .isTrue();
            begin = System.nanoTime();
            runs.update(spec.id(), run -> run.cancelled(Instant.now()));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(ProgressView.LONGEST_CLOSE.plusSeconds(10));
        blocked.released.countDown();
    }

    @Test
    void whoReadsAgainGetsWhatWasHeldBack() throws Exception {
        Blocked blocked = new Blocked();
        try (ProgressLines lines = new ProgressLines(runs, spec, new ProgressBoard(), blocked.stream())) {
            assertThat(lines).isNotNull();
            runThrough();
            assertThat(blocked.entered.await(20, TimeUnit.SECONDS)).isTrue();
            blocked.released.countDown();
        }
        assertThat(blocked.written.toString(StandardCharsets.UTF_8).lines()).hasSize(4);
    }
}
