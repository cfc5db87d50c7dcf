package dev.longshore.worker.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.pipeline.DockerNeed;
import dev.longshore.pipeline.Pipeline;
import dev.longshore.pipeline.StepSpec;
import dev.longshore.run.DockerMode;
import dev.longshore.run.Run;
import dev.longshore.run.RunId;
import dev.longshore.run.RunSpec;
import dev.longshore.source.Source;
import dev.longshore.step.ContainerLimits;
import dev.longshore.step.StepFailure;
import dev.longshore.step.StepOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which workers a run waits for: a notice that names others sends its reader to start the wrong ones. */
class RunQueueTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final StepFailure WHY = new StepFailure.InputOutput("broken pipe");

    private final Run queued = Run.queued(new RunSpec(
            RunId.next(NOW),
            new Source.Directory(Path.of("/source"), Optional.empty()),
            new Pipeline("p", List.of(step())),
            DockerMode.AUTO,
            Path.of("/out"),
            NOW));

    private static StepSpec step() {
        return new StepSpec(
                "analyse",
                "analyse",
                Set.of(),
                DockerNeed.REQUIRED,
                Duration.ofMinutes(1),
                new StepSpec.Retry(1, Duration.ofMillis(20)),
                ContainerLimits.DEFAULT,
                new StepOptions(Map.of()));
    }

    @Test
    void aRunWaitsForItsPreflightBeforeItsSteps() {
        Run running = queued.started();

        assertThat(RunQueue.next(queued)).containsExactly("preflight");
        assertThat(RunQueue.next(running)).containsExactly("analyse");
        assertThat(RunQueue.next(running.waiting(WHY)))
                .as("its preflight is to be made again")
                .containsExactly("preflight");
        assertThat(RunQueue.next(running.waiting(WHY).checked())).containsExactly("analyse");
        assertThat(RunQueue.next(running.parked(WHY))).containsExactly("preflight");
        assertThat(RunQueue.next(running.cancelled(NOW))).isEmpty();
    }
}
