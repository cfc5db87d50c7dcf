package dev.longshore.worker.cli;

import dev.longshore.run.Run;
import dev.longshore.run.RunSpec;
import dev.longshore.run.RunState;
import dev.longshore.run.RunStore;
import dev.longshore.run.StepRun;
import dev.longshore.run.StepState;
import dev.longshore.step.Durations;
import dev.longshore.step.StepFailure;
import dev.longshore.text.ForeignText;
import dev.longshore.worker.jobs.ProgressBoard;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Progress for logs and pipes: a line when a step changes, and one every few seconds while it runs. Only a thread of its own
 * writes: where nobody reads (Ctrl-S, a stopped pager) that one waits, and the run goes on.
 */
final class ProgressLines implements ProgressView {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressLines.class);
    private static final Duration PERIOD = Duration.ofSeconds(5);
    /** Lines that may wait to be written; a run has a few for each step. */
    private static final int MOST_WAITING = 1000;

    private static final Map<StepState, String> VERBS = new EnumMap<>(Map.of(
            StepState.PENDING, "waits for another attempt",
            StepState.RUNNING, "started",
            StepState.SUCCEEDED, "succeeded",
            StepState.FAILED, "failed",
            StepState.SKIPPED, "skipped",
            StepState.CANCELLED, "cancelled"));

    private final RunSpec spec;
    private final RunStore runs;
    private final ProgressBoard board;
    private final PrintStream err;
    private final Map<String, StepState> shown = new HashMap<>();
    private String runWaits = "";
    private final BlockingQueue<Optional<String>> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicInteger leftOut = new AtomicInteger();
    private final RunStore.Subscription subscription;
    private final Thread writer;
    private volatile boolean closed;

    ProgressLines(RunStore runs, RunSpec spec, ProgressBoard board, PrintStream err) {
        this.spec = spec;
        this.runs = runs;
        this.board = board;
        this.err = err;
        this.writer = new Thread(this::write, "longshore-progress");
        writer.setDaemon(true);
        this.subscription = runs.subscribe(spec.id(), this::changed);
        // One that others work on may have come far already.
        changed(runs.get(spec.id()));
        writer.start();
    }

    /** Called while the store is locked: waits for nothing. */
    private synchronized void changed(Run run) {
        String waits = run.state() == RunState.RUNNING
                ? run.failure().map(StepFailure::message).orElse("")
                : "";
        if (!waits.isEmpty() && !waits.equals(runWaits)) {
            tell("longshore: preflight waits: " + waits);
        }
        runWaits = waits;
        for (StepRun step : run.steps()) {
            StepState before = shown.put(step.name(), step.state());
            // A step that never started is cancelled because of something else, which is said elsewhere.
            boolean told = step.state() == StepState.PENDING
                    ? before == null
                    : step.state() == StepState.CANCELLED && step.attempt() == 0;
            if (before != step.state() && !told) {
                tell(line(step));
            }
        }
    }

    private void tell(String line) {
        if (!waiting.offer(Optional.of(ForeignText.uncut(line)))) {
            leftOut.incrementAndGet();
        }
    }

    private static String line(StepRun step) {
        String time =
                step.state() == StepState.SUCCEEDED ? " in " + Durations.format(step.duration(Instant.now())) : "";
        String why = step.state() == StepState.SKIPPED
                ? step.skipped().map(skipped -> ": " + skipped.message()).orElse("")
                : step.failure().map(failure -> ": " + failure.message()).orElse("");
        return "longshore: " + step.name() + " " + VERBS.get(step.state()) + time + why;
    }

    private void write() {
        try {
            long next = System.nanoTime() + PERIOD.toNanos();
            while (!closed || !waiting.isEmpty()) {
                Optional<String> line = waiting.poll(Math.max(0, next - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (line != null) {
                    line.ifPresent(err::println);
                }
                int lost = leftOut.getAndSet(0);
                if (lost > 0) {
                    err.println("longshore: " + lost + " lines of progress are left out here");
                }
                if (next - System.nanoTime() <= 0) {
                    positions();
                    next = System.nanoTime() + PERIOD.toNanos();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void positions() {
        for (StepRun step : runs.get(spec.id()).steps()) {
            if (step.state() == StepState.RUNNING) {
                ProgressBoard.Position position = board.position(spec.id(), step.name());
                String total = position.total() > 0 ? " of " + position.total() : "";
                String message =
                        position.message().isEmpty() ? "" : " (" + ForeignText.oneLine(position.message()) + ")";
                err.println("longshore: " + step.name() + " " + position.done() + total + message + ", "
                        + Durations.format(step.duration(Instant.now())));
            }
        }
    }

    /** Returns when all lines are written, or after {@link ProgressView#LONGEST_CLOSE} where nobody reads them. */
    @Override
    public void close() {
        subscription.close();
        closed = true;
        // Wakes the writer; where there is no room it has lines to write and needs no waking.
        boolean woken = waiting.offer(Optional.empty());
        try {
            writer.join(LONGEST_CLOSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (writer.isAlive()) {
            LOG.debug("nobody reads the last lines of progress (woken: {})", woken);
        }
    }
}
