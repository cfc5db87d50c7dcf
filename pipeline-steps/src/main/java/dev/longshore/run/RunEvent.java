package dev.longshore.run;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Something that happened to a run; a {@link RunStore} keeps the latest of each run, in their order. */
public sealed interface RunEvent {
    /**
     * The run came into a state, or waits in it.
     *
     * @param message why, where it failed or waits for Docker; else empty
     */
    record RunChanged(RunState state, String message) implements RunEvent {}

    /** The run waits for its turn: another run of its repository is at work. */
    record Waits(RunId after) implements RunEvent {}

    /**
     * A step came into a state, or a further attempt at it started.
     *
     * @param message why, where it failed, was skipped or waits for another attempt; else empty
     */
    record StepChanged(String step, StepState state, int attempt, String message) implements RunEvent {}

    /**
     * How far a running step is.
     *
     * @param total units in all, 0 while that is not known
     * @param message what is being done, a few words
     */
    record StepProgressed(String step, long done, long total, String message) implements RunEvent {}

    /**
     * An event as it is kept.
     *
     * @param sequence counts the events of the run from 1; numbers may be missing where events were left out
     * @param time when it was stored
     */
    record Entry(long sequence, Instant time, RunEvent event) {}

    /** What the making of a run is told as. */
    static List<RunEvent> of(Run created) {
        return List.of(changed(created));
    }

    /** What a transition is told as, the steps first, since the run's state follows from theirs. */
    static List<RunEvent> between(Run before, Run after) {
        List<RunEvent> events = new ArrayList<>();
        for (int i = 0; i < after.steps().size(); i++) {
            StepRun now = after.steps().get(i);
            StepRun then = before.steps().get(i);
            if (now.state() != then.state() || now.attempt() != then.attempt()) {
                events.add(new StepChanged(now.name(), now.state(), now.attempt(), message(now)));
            }
        }
        boolean waits = after.failure().isPresent() && !after.failure().equals(before.failure());
        if (before.state() != after.state() || waits) {
            events.add(changed(after));
        }
        return events;
    }

    private static RunEvent changed(Run run) {
        return new RunChanged(
                run.state(), run.failure().map(failure -> failure.message()).orElse(""));
    }

    private static String message(StepRun step) {
        return step.skipped()
                .map(StepRun.Skipped::message)
                .orElseGet(
                        () -> step.failure().map(failure -> failure.message()).orElse(""));
    }
}
