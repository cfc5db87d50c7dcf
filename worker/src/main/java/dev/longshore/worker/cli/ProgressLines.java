package dev.longshore.worker.cli;

import dev.longshore.run.Run;
import dev.longshore.run.RunSpec;
import dev.longshore.run.RunStore;
import dev.longshore.run.StepRun;
import dev.longshore.run.StepState;
import dev.longshore.step.Durations;
import dev.longshore.worker.jobs.ProgressBoard;
import java.io.PrintStream;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Progress for logs and pipes: a line when a step changes, and one every few seconds while it runs. */
final class ProgressLines implements ProgressView {
    private static final long SECONDS = 5;

    private final RunSpec spec;
    private final RunStore runs;
    private final ProgressBoard board;
    private final PrintStream err;
    private final Map<String, StepState> shown = new HashMap<>();
    private final RunStore.Subscription subscription;
    private final ScheduledExecutorService clock;
    private final Future<?> ticking;

    ProgressLines(RunStore runs, RunSpec spec, ProgressBoard board, PrintStream err) {
        this.spec = spec;
        this.runs = runs;
        this.board = board;
        this.err = err;
        this.subscription = runs.subscribe(spec.id(), this::changed);
        this.clock = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "longshore-progress");
            thread.setDaemon(true);
            return thread;
        });
        this.ticking = clock.scheduleAtFixedRate(this::tick, SECONDS, SECONDS, TimeUnit.SECONDS);
    }

    private static final Map<StepState, String> VERBS = new EnumMap<>(Map.of(
            StepState.PENDING, "waits for another attempt",
            StepState.RUNNING, "started",
            StepState.SUCCEEDED, "succeeded",
            StepState.FAILED, "failed",
            StepState.SKIPPED, "skipped",
            StepState.CANCELLED, "cancelled"));

    private synchronized void changed(Run run) {
        for (StepRun step : run.steps()) {
            StepState before = shown.put(step.name(), step.state());
            // A step that never started is cancelled because of something else, which is said elsewhere.
            boolean told = step.state() == StepState.PENDING
                    ? before == null
                    : step.state() == StepState.CANCELLED && step.attempt() == 0;
            if (before != step.state() && !told) {
                String time = step.state() == StepState.SUCCEEDED
                        ? " in " + Durations.format(step.duration(Instant.now()))
                        : "";
                String why = step.state() == StepState.SKIPPED
                        ? step.skipped()
                                .map(skipped -> ": " + skipped.message())
                                .orElse("")
                        : step.failure()
                                .map(failure -> ": " + failure.message())
                                .orElse("");
                err.println("longshore: " + step.name() + " " + VERBS.get(step.state()) + time + why);
            }
        }
    }

    private synchronized void tick() {
        for (StepRun step : runs.get(spec.id()).steps()) {
            if (step.state() == StepState.RUNNING) {
                ProgressBoard.Position position = board.position(spec.id(), step.name());
                String total = position.total() > 0 ? " of " + position.total() : "";
                String message = position.message().isEmpty() ? "" : " (" + position.message() + ")";
                err.println("longshore: " + step.name() + " " + position.done() + total + message + ", "
                        + Durations.format(step.duration(Instant.now())));
            }
        }
    }

    @Override
    public void close() {
        subscription.close();
        ticking.cancel(false);
        clock.shutdownNow();
    }
}
