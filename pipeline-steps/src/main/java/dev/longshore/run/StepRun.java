package dev.longshore.run;

import dev.longshore.graph.PartSummary;
import dev.longshore.step.StepFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A step of a run.
 *
 * @param attempt how often it was started, 0 before the first time
 * @param failures how many attempts failed; those that a worker's end cut short, or that could not begin yet, did not
 * @param started when its last attempt started
 * @param ended when it came to its final state
 * @param failure why its last attempt failed, or could not begin
 * @param skipped why it was skipped
 * @param outcome what it made, once it succeeded
 */
public record StepRun(
        String name,
        StepState state,
        int attempt,
        int failures,
        Optional<Instant> started,
        Optional<Instant> ended,
        Optional<StepFailure> failure,
        Optional<Skipped> skipped,
        Optional<Outcome> outcome) {

    /** Why a step was skipped, with the words for people. */
    public record Skipped(Reason reason, String message) {
        /** Why. */
        public enum Reason {
            /** The run was told to leave Docker alone. */
            DOCKER_OFF,
            /** Docker is not to be had, and the step is optional. */
            DOCKER_UNAVAILABLE,
            /** A step that it comes after failed. */
            EARLIER_STEP
        }
    }

    /**
     * What a step made.
     *
     * @param counts what the step counted
     * @param part what is in its part of the graph
     */
    public record Outcome(SortedMap<String, Long> counts, PartSummary part) {
        public Outcome {
            counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
        }
    }

    static StepRun pending(String name) {
        return new StepRun(
                name,
                StepState.PENDING,
                0,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** How long its last attempt took, or has taken so far. */
    public Duration duration(Instant now) {
        return started.map(from -> Duration.between(from, ended.orElse(now))).orElse(Duration.ZERO);
    }

    StepRun started(Instant now) {
        return new StepRun(
                name,
                StepState.RUNNING,
                attempt + 1,
                failures,
                Optional.of(now),
                Optional.empty(),
                Optional.empty(),
                skipped,
                outcome);
    }

    StepRun succeeded(Outcome made, Instant now) {
        return new StepRun(
                name,
                StepState.SUCCEEDED,
                attempt,
                failures,
                started,
                Optional.of(now),
                Optional.empty(),
                skipped,
                Optional.of(made));
    }

    StepRun failed(StepFailure why, Instant now) {
        return new StepRun(
                name,
                StepState.FAILED,
                attempt,
                failures + 1,
                started,
                Optional.of(now),
                Optional.of(why),
                skipped,
                outcome);
    }

    /** Back to waiting, for another attempt after {@code why}. */
    StepRun retried(StepFailure why) {
        return new StepRun(
                name,
                StepState.PENDING,
                attempt,
                failures + 1,
                started,
                Optional.empty(),
                Optional.of(why),
                skipped,
                outcome);
    }

    /** Back to waiting, since it could not begin yet. */
    StepRun held(StepFailure why) {
        return new StepRun(
                name,
                StepState.PENDING,
                attempt,
                failures,
                started,
                Optional.empty(),
                Optional.of(why),
                skipped,
                outcome);
    }

    /** Back to waiting, since its worker ends; what it did so far counts for nothing. */
    StepRun returned() {
        return new StepRun(
                name, StepState.PENDING, attempt, failures, started, Optional.empty(), failure, skipped, outcome);
    }

    StepRun skipped(Skipped why, Instant now) {
        return new StepRun(
                name,
                StepState.SKIPPED,
                attempt,
                failures,
                started,
                Optional.of(now),
                failure,
                Optional.of(why),
                outcome);
    }

    /** Without what it waited for: cancelled while it waits for another attempt, it has not failed. */
    StepRun cancelled(Instant now) {
        Optional<StepFailure> why = state == StepState.PENDING ? Optional.empty() : failure;
        return new StepRun(
                name, StepState.CANCELLED, attempt, failures, started, Optional.of(now), why, skipped, outcome);
    }
}
