package dev.longshore.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.pipeline.DockerNeed;
import dev.longshore.step.StepFailure;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunTest {
    private static final StepFailure WHY = new StepFailure.InputOutput("broken pipe");

    private final Run run = Runs.run(
                    DockerMode.AUTO,
                    Runs.step("a", DockerNeed.NONE),
                    Runs.step("b", DockerNeed.OPTIONAL, "a"),
                    Runs.step("c", DockerNeed.NONE, "a", "b"))
            .started();

    private static List<String> ready(Run run) {
        return run.ready().stream().map(step -> step.name()).toList();
    }

    private static Run succeed(Run run, String step) {
        return run.stepStarted(step, Runs.NOW).stepSucceeded(step, 1, Runs.OUTCOME, Runs.NOW);
    }

    @Test
    void stepsStartWhenAllTheyComeAfterIsOver() {
        assertThat(ready(run)).containsExactly("a");
        assertThat(ready(succeed(run, "a"))).containsExactly("b");
        assertThat(ready(succeed(succeed(run, "a"), "b"))).containsExactly("c");
    }

    @Test
    void nothingIsReadyBeforeTheRunStarts() {
        assertThat(Runs.run(DockerMode.AUTO, Runs.step("a", DockerNeed.NONE)).ready())
                .isEmpty();
    }

    @Test
    void succeedsWhenEveryStepDid() {
        Run ended = succeed(succeed(succeed(run, "a"), "b"), "c").finished(Runs.NOW);

        assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aStepSkippedForDockerLetsOthersGoOnAndDegradesTheRun() {
        Run skipped = succeed(run, "a")
                .stepSkipped(
                        "b", new StepRun.Skipped(StepRun.Skipped.Reason.DOCKER_UNAVAILABLE, "no socket"), Runs.NOW);

        assertThat(ready(skipped)).containsExactly("c");
        assertThat(succeed(skipped, "c").finished(Runs.NOW).state()).isEqualTo(RunState.DEGRADED);
    }

    @Test
    void aStepLeftOutByChoiceDoesNotDegradeTheRun() {
        Run skipped = succeed(run, "a")
                .stepSkipped("b", new StepRun.Skipped(StepRun.Skipped.Reason.DOCKER_OFF, "off"), Runs.NOW);

        assertThat(succeed(skipped, "c").finished(Runs.NOW).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aFailedStepSkipsAllThatComesAfterItAndSaysSo() {
        Run failed = run.stepStarted("a", Runs.NOW).stepFailed("a", 1, WHY, Runs.NOW);

        assertThat(failed.step("b").skipped().orElseThrow().message()).isEqualTo("comes after a, which failed");
        assertThat(failed.step("c").state()).isEqualTo(StepState.SKIPPED);
        assertThat(failed.stepsAreOver()).isTrue();
        assertThat(failed.finished(Runs.NOW).state()).isEqualTo(RunState.FAILED);
    }

    @Test
    void aRetriedStepWaitsForItsNextAttempt() {
        Run again = run.stepStarted("a", Runs.NOW).stepRetried("a", 1, WHY);

        assertThat(again.step("a").state()).isEqualTo(StepState.PENDING);
        assertThat(again.stepStarted("a", Runs.NOW).step("a").attempt()).isEqualTo(2);
        assertThat(again.step("a").failure()).contains(WHY);
    }

    @Test
    void aStepThatMayNotBeginYetUsesUpNoAttempt() {
        Run held = run.stepStarted("a", Runs.NOW).stepHeld("a", 1, WHY);

        assertThat(held.step("a").state()).isEqualTo(StepState.PENDING);
        assertThat(held.step("a").failures()).isZero();
        assertThat(held.step("a").failure()).contains(WHY);
        // The number stays each attempt's own: one that was taken for dead has no say, whyever it ended.
        assertThat(held.stepStarted("a", Runs.NOW).step("a").attempt()).isEqualTo(2);
        assertThatThrownBy(() -> held.stepStarted("a", Runs.NOW).stepHeld("a", 1, WHY))
                .isInstanceOf(IllegalTransitionException.class);
    }

    @Test
    void aRunSaysWhatItsPreflightWaitsForUntilItIsDone() {
        Run waiting = run.waiting(WHY);

        assertThat(waiting.state()).isEqualTo(RunState.RUNNING);
        assertThat(waiting.failure()).contains(WHY);
        assertThat(waiting.checked()).isEqualTo(run);
        assertThat(run.checked()).isSameAs(run);
    }

    @Test
    void aStepWhoseWorkerDiedIsStartedAgain() {
        Run again = run.stepStarted("a", Runs.NOW).stepStarted("a", Runs.NOW);

        assertThat(again.step("a").attempt()).isEqualTo(2);
        // The first attempt was only slow: what it says of the step comes too late.
        assertThatThrownBy(() -> again.stepSucceeded("a", 1, Runs.OUTCOME, Runs.NOW))
                .isInstanceOf(IllegalTransitionException.class)
                .hasMessageContaining("attempt 1 at step a");
    }

    @Test
    void nothingHappensTwice() {
        Run done = succeed(run, "a");

        assertThatThrownBy(() -> done.stepStarted("a", Runs.NOW)).isInstanceOf(IllegalTransitionException.class);
        assertThatThrownBy(() -> done.stepSucceeded("a", 1, Runs.OUTCOME, Runs.NOW))
                .isInstanceOf(IllegalTransitionException.class);
        assertThatThrownBy(run::started).isInstanceOf(IllegalTransitionException.class);
        assertThatThrownBy(() -> run.finished(Runs.NOW)).hasMessageContaining("cannot finish of run");
        Run cancelled = run.cancelled(Runs.NOW);
        assertThatThrownBy(() -> cancelled.cancelled(Runs.NOW)).isInstanceOf(IllegalTransitionException.class);
        assertThatThrownBy(() -> cancelled.stepStarted("a", Runs.NOW)).isInstanceOf(IllegalTransitionException.class);
    }

    @Test
    void cancellingEndsWhatIsOpenAndKeepsWhatIsDone() {
        Run cancelled = succeed(run, "a").stepStarted("b", Runs.NOW).cancelled(Runs.NOW);

        assertThat(cancelled.steps())
                .extracting(StepRun::state)
                .containsExactly(StepState.SUCCEEDED, StepState.CANCELLED, StepState.CANCELLED);
        assertThat(cancelled.state()).isEqualTo(RunState.CANCELLED);
    }

    /** Whoever reads that it failed would look for what to mend. */
    @Test
    void whatIsCancelledWhileItWaitsHasNotFailed() {
        assertThat(run.waiting(WHY).cancelled(Runs.NOW).failure()).isEmpty();
        assertThat(run.parked(WHY).cancelled(Runs.NOW).failure()).isEmpty();
        Run held = run.stepStarted("a", Runs.NOW).stepHeld("a", 1, WHY).cancelled(Runs.NOW);

        assertThat(held.step("a").state()).isEqualTo(StepState.CANCELLED);
        assertThat(held.step("a").failure()).isEmpty();
        assertThat(run.waiting(WHY).failed(WHY, Runs.NOW).failure())
                .as("what a run fails by")
                .contains(WHY);
    }

    @Test
    void aRunThatRequiresDockerRequiresItOfOptionalSteps() {
        Run strict = Runs.run(
                DockerMode.REQUIRED, Runs.step("a", DockerNeed.NONE), Runs.step("b", DockerNeed.OPTIONAL, "a"));

        assertThat(strict.dockerNeed(strict.pipeline().step("b"))).isEqualTo(DockerNeed.REQUIRED);
        assertThat(strict.dockerNeed(strict.pipeline().step("a"))).isEqualTo(DockerNeed.NONE);
    }

    @Test
    void thePinOfARunStays() {
        Run pinned = run.pinned(Runs.REPOSITORY);

        assertThat(pinned.pinned(Runs.OTHER_REPOSITORY).repository()).contains(Runs.REPOSITORY);
    }
}
