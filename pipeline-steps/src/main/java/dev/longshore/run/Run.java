package dev.longshore.run;

import dev.longshore.pipeline.DockerNeed;
import dev.longshore.pipeline.Pipeline;
import dev.longshore.pipeline.StepSpec;
import dev.longshore.source.Repository;
import dev.longshore.step.StepFailure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A pipeline applied to a source. Immutable: each transition gives the run that comes after, or throws {@link
 * IllegalTransitionException}. A transition on a final run never happens twice by accident: jobs are delivered at least
 * once, and the second delivery learns from the exception that there is nothing left to do.
 *
 * <pre>
 * run:   QUEUED → RUNNING → SUCCEEDED | DEGRADED | FAILED
 *        RUNNING → PARKED → RUNNING (Docker went away and came back)
 *        QUEUED | RUNNING | PARKED → CANCELLED | FAILED
 * step:  PENDING → RUNNING → SUCCEEDED | FAILED
 *        RUNNING → PENDING (another attempt, or it may not begin yet, or its worker ended), RUNNING → RUNNING (its worker died)
 *        PENDING → SKIPPED, PENDING | RUNNING → CANCELLED
 * </pre>
 *
 * @param spec what was asked for
 * @param repository what repository the source is, and at which commit, once a worker has seen it: every step reads that one
 * @param steps in the pipeline's order
 * @param failure what failed before any step could; of a run that is parked or whose preflight is to be made again, what it waits for
 */
public record Run(
        RunSpec spec,
        RunState state,
        Optional<Repository> repository,
        List<StepRun> steps,
        Optional<Instant> ended,
        Optional<StepFailure> failure) {
    public Run {
        steps = List.copyOf(steps);
    }

    /** A run that waits to be started. */
    public static Run queued(RunSpec spec) {
        return new Run(
                spec,
                RunState.QUEUED,
                Optional.empty(),
                spec.pipeline().stepNames().stream().map(StepRun::pending).toList(),
                Optional.empty(),
                Optional.empty());
    }

    public RunId id() {
        return spec.id();
    }

    public Pipeline pipeline() {
        return spec.pipeline();
    }

    public StepRun step(String name) {
        return steps.stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("run " + id() + " has no step " + name));
    }

    /** What the run, as it was told to treat Docker, makes of what a step says of it. */
    public DockerNeed dockerNeed(StepSpec step) {
        return step.docker() == DockerNeed.OPTIONAL && spec.docker() == DockerMode.REQUIRED
                ? DockerNeed.REQUIRED
                : step.docker();
    }

    /** The steps that may start now: pending, and all they come after is over well. */
    public List<StepSpec> ready() {
        if (state != RunState.RUNNING) {
            return List.of();
        }
        return pipeline().steps().stream()
                .filter(step -> step(step.name()).state() == StepState.PENDING)
                .filter(step -> step.after().stream().allMatch(name -> isOver(step(name))))
                .toList();
    }

    private static boolean isOver(StepRun step) {
        return step.state() == StepState.SUCCEEDED || (step.state() == StepState.SKIPPED && !blocksLaterSteps(step));
    }

    /** Whether what comes after a skipped step must be skipped too: it is not when the step was left out for Docker. */
    private static boolean blocksLaterSteps(StepRun skipped) {
        return skipped.skipped()
                .map(why -> why.reason() == StepRun.Skipped.Reason.EARLIER_STEP)
                .orElse(true);
    }

    /** Whether a step is under way. */
    public boolean isAtWork() {
        return steps.stream().anyMatch(step -> step.state() == StepState.RUNNING);
    }

    /** Whether no step will change any more. */
    public boolean stepsAreOver() {
        return steps.stream().allMatch(step -> step.state().isFinal());
    }

    public Run started() {
        require(state == RunState.QUEUED, "start");
        return with(RunState.RUNNING, steps, Optional.empty(), failure);
    }

    /** The run waits for Docker to come back; no step is under way. */
    public Run parked(StepFailure why) {
        require(state == RunState.RUNNING && !isAtWork(), "park");
        return with(RunState.PARKED, steps, Optional.empty(), Optional.of(why));
    }

    /** Docker may be back: the preflight looks again. */
    public Run resumed() {
        require(state == RunState.PARKED, "resume");
        return with(RunState.RUNNING, steps, Optional.empty(), Optional.empty());
    }

    /** Its preflight has to be made again before any step starts. */
    public Run waiting(StepFailure why) {
        require(state == RunState.RUNNING, "wait");
        return with(state, steps, ended, Optional.of(why));
    }

    /** Its preflight is done: it waits for nothing any more. */
    public Run checked() {
        require(state == RunState.RUNNING, "check");
        return failure.isEmpty() ? this : with(state, steps, ended, Optional.empty());
    }

    /** Pins the run to a repository and commit. The first pin stays: a second is not an error and changes nothing. */
    public Run pinned(Repository found) {
        return repository.isPresent() ? this : new Run(spec, state, Optional.of(found), steps, ended, failure);
    }

    /** An attempt at the step starts; one that was running is taken for dead, since a job has one worker at a time. */
    public Run stepStarted(String name, Instant now) {
        require(state == RunState.RUNNING && !step(name).state().isFinal(), "start step " + name);
        return replace(name, step -> step.started(now));
    }

    /**
     * The step is done.
     *
     * @param attempt which attempt says so: one that was taken for dead has no say any more
     */
    public Run stepSucceeded(String name, int attempt, StepRun.Outcome outcome, Instant now) {
        requireRunning(name, attempt, "finish");
        return replace(name, step -> step.succeeded(outcome, now));
    }

    /** The attempt failed and there will be another. */
    public Run stepRetried(String name, int attempt, StepFailure why) {
        requireRunning(name, attempt, "retry");
        return replace(name, step -> step.retried(why));
    }

    /** The attempt could not begin yet, which is no failure of the step's. */
    public Run stepHeld(String name, int attempt, StepFailure why) {
        requireRunning(name, attempt, "hold");
        return replace(name, step -> step.held(why));
    }

    /** The attempt was cut short by the end of its worker: another will make the next one. */
    public Run stepReturned(String name, int attempt) {
        requireRunning(name, attempt, "return");
        return replace(name, StepRun::returned);
    }

    /** The step failed for good: what comes after it is skipped. */
    public Run stepFailed(String name, int attempt, StepFailure why, Instant now) {
        requireRunning(name, attempt, "fail");
        return replace(name, step -> step.failed(why, now)).skipAfter(name, now);
    }

    public Run stepSkipped(String name, StepRun.Skipped why, Instant now) {
        require(state == RunState.RUNNING && step(name).state() == StepState.PENDING, "skip step " + name);
        return replace(name, step -> step.skipped(why, now));
    }

    private Run skipAfter(String name, Instant now) {
        Run run = this;
        for (StepSpec later : pipeline().steps()) {
            if (later.after().contains(name) && run.step(later.name()).state() == StepState.PENDING) {
                StepRun.Skipped why = new StepRun.Skipped(
                        StepRun.Skipped.Reason.EARLIER_STEP,
                        "comes after " + name + ", which "
                                + (step(name).state() == StepState.FAILED ? "failed" : "was skipped"));
                run = run.replace(later.name(), step -> step.skipped(why, now)).skipAfter(later.name(), now);
            }
        }
        return run;
    }

    /** The graph is written; the run's state follows from its steps'. */
    public Run finished(Instant now) {
        require(state == RunState.RUNNING && stepsAreOver(), "finish");
        return with(outcome(), steps, Optional.of(now), Optional.empty());
    }

    /** The run fails as a whole: what was still to come is cancelled. */
    public Run failed(StepFailure why, Instant now) {
        require(!state.isFinal(), "fail");
        return with(RunState.FAILED, cancelOpen(now), Optional.of(now), Optional.of(why));
    }

    /** What it waited for was no failure, and nobody waits any more. */
    public Run cancelled(Instant now) {
        require(!state.isFinal(), "cancel");
        return with(RunState.CANCELLED, cancelOpen(now), Optional.of(now), Optional.empty());
    }

    /** Cancelled, or as it is if it is over already. */
    public Run cancelledUnlessOver(Instant now) {
        return state.isFinal() ? this : cancelled(now);
    }

    /** Failed, or as it is if it is over already. */
    public Run failedUnlessOver(StepFailure why, Instant now) {
        return state.isFinal() ? this : failed(why, now);
    }

    private List<StepRun> cancelOpen(Instant now) {
        return steps.stream()
                .map(step -> step.state().isFinal() ? step : step.cancelled(now))
                .toList();
    }

    private RunState outcome() {
        if (steps.stream().anyMatch(step -> step.state() == StepState.FAILED)) {
            return RunState.FAILED;
        }
        boolean degraded = steps.stream()
                .flatMap(step -> step.skipped().stream())
                .anyMatch(why -> why.reason() == StepRun.Skipped.Reason.DOCKER_UNAVAILABLE);
        return degraded ? RunState.DEGRADED : RunState.SUCCEEDED;
    }

    private void requireRunning(String name, int attempt, String verb) {
        StepRun step = step(name);
        require(
                state == RunState.RUNNING && step.state() == StepState.RUNNING && step.attempt() == attempt,
                verb + " attempt " + attempt + " at step " + name);
    }

    private void require(boolean allowed, String verb) {
        if (!allowed) {
            throw new IllegalTransitionException(this, verb);
        }
    }

    private Run replace(String name, UnaryOperator<StepRun> change) {
        List<StepRun> changed = new ArrayList<>(steps);
        changed.replaceAll(step -> step.name().equals(name) ? change.apply(step) : step);
        return with(state, changed, ended, failure);
    }

    private Run with(RunState next, List<StepRun> nextSteps, Optional<Instant> end, Optional<StepFailure> why) {
        return new Run(spec, next, repository, nextSteps, end, why);
    }
}
