package dev.longshore.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.docker.ContainerExit;
import dev.longshore.docker.DockerFailure;
import dev.longshore.docker.RunSummary;
import dev.longshore.docker.StatsHistory;
import dev.longshore.step.StepFailure;
import dev.longshore.step.StepFailure.ContainerFailed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ExitFailureTest {
    private static RunSummary summary(String... stderr) {
        return new RunSummary(
                "c",
                Duration.ofSeconds(1),
                OptionalLong.empty(),
                List.of(stderr),
                Optional.empty(),
                StatsHistory.EMPTY,
                List.of(),
                false);
    }

    private static Optional<StepFailure> of(ContainerExit exit) {
        return ExitFailure.of(exit, "lint", "acme/lint:1", "");
    }

    @Test
    void exitCodeZeroIsNoFailureWhateverWasSaid() {
        assertThat(of(new ContainerExit.Exited(0, summary("warning: x")))).isEmpty();
    }

    @Test
    void theReasonIsTheLastLineThatSaysAnything() {
        assertThat(of(new ContainerExit.Exited(1, summary("Traceback", "ValueError: x", " ", ""))))
                .hasValue(new ContainerFailed("acme/lint:1 ended with exit code 1: ValueError: x", false, ""));
    }

    @Test
    void aDeadlineIsTheStepsTimeoutInWholeSeconds() {
        assertThat(of(new ContainerExit.DeadlineExceeded(Duration.ofMillis(59_310), summary())))
                .hasValue(new StepFailure.TimedOut(Duration.ofSeconds(60)));
    }

    @Test
    void aDaemonThatIsLostIsWorthAnotherTry() {
        DockerFailure lost = new DockerFailure.ConnectionLost("wait", "broken pipe");
        StepFailure failure = of(new ContainerExit.DaemonLost(lost, summary())).orElseThrow();
        assertThat(failure).isEqualTo(new StepFailure.Docker(lost));
        assertThat(failure.retryable()).isTrue();
    }

    @Test
    void aContainerThatSomebodyCancelledIsWorthAnotherTry() {
        StepFailure failure = of(new ContainerExit.Cancelled(summary())).orElseThrow();
        assertThat(failure.message()).endsWith("was cancelled");
        assertThat(failure.retryable()).isTrue();
    }

    @Test
    void memoryAndOutputSayWhichSettingToRaise() {
        assertThat(of(new ContainerExit.OutOfMemory(512L << 20, summary())))
                .hasValue(new ContainerFailed(
                        "acme/lint:1 needed more memory than its limit of 512 MiB",
                        false,
                        "Raise limits.memory of the step lint in the pipeline."));
        assertThat(of(new ContainerExit.OutputLimitExceeded(Path.of("/out"), "it holds more than 9 files", summary())))
                .hasValue(new ContainerFailed(
                        "acme/lint:1 wrote to /out what it may not and was stopped: it holds more than 9 files",
                        false,
                        "If it has that much to say, raise the option maxOutputBytes of the step lint."));
    }
}
