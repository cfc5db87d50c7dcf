package dev.longshore.worker.cli;

import dev.longshore.run.Run;
import dev.longshore.run.RunSpec;
import dev.longshore.run.RunState;
import dev.longshore.run.RunStore;
import dev.longshore.run.StepRun;
import dev.longshore.run.StepState;
import dev.longshore.text.ForeignText;
import dev.longshore.worker.jobs.ProgressBoard;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.InteractiveConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Progress for a terminal: one bar a step, from its start on. Only the clock's thread touches the bars. */
final class ProgressBars implements ProgressView {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressBars.class);
    private static final int REFRESH_MILLIS = 100;
    /** Of the run's preflight, which has a bar only where it waits for something. */
    private static final String PREFLIGHT = "preflight";

    private final RunSpec spec;
    private final RunStore runs;
    private final ProgressBoard board;
    private final PrintStream err;
    private final Map<String, ProgressBar> bars = new LinkedHashMap<>();
    private final ScheduledExecutorService clock;
    private final Future<?> ticking;
    private final int nameWidth;

    ProgressBars(RunStore runs, RunSpec spec, ProgressBoard board, PrintStream err) {
        this.spec = spec;
        this.runs = runs;
        this.board = board;
        this.err = err;
        this.nameWidth = spec.pipeline().stepNames().stream()
                .mapToInt(String::length)
                .max()
                .orElse(1);
        this.clock = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "longshore-progress");
            thread.setDaemon(true);
            return thread;
        });
        this.ticking = clock.scheduleAtFixedRate(this::refresh, 0, REFRESH_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void refresh() {
        Run run = runs.get(spec.id());
        if (run.state() == RunState.RUNNING && run.failure().isPresent()) {
            bars.computeIfAbsent(PREFLIGHT, this::bar)
                    .setExtraMessage(
                            "waits: " + ForeignText.oneLine(run.failure().get().message()));
        } else {
            bars.computeIfPresent(PREFLIGHT, (name, bar) -> bar.setExtraMessage(""));
        }
        for (StepRun step : run.steps()) {
            if (step.attempt() > 0) {
                show(bars.computeIfAbsent(step.name(), this::bar), step);
            }
        }
    }

    private ProgressBar bar(String step) {
        return new ProgressBarBuilder()
                .setTaskName(String.format(Locale.ROOT, "%-" + nameWidth + "s", step))
                .setInitialMax(-1)
                .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK)
                .setUpdateIntervalMillis(REFRESH_MILLIS)
                .hideEta()
                .setConsumer(new InteractiveConsoleProgressBarConsumer(err, Terminal.columns()))
                .build();
    }

    private void show(ProgressBar bar, StepRun step) {
        ProgressBoard.Position position = board.position(spec.id(), step.name());
        // The board forgets a run that is over: the bar keeps what it showed last.
        long done = Math.max(position.done(), bar.getCurrent());
        if (step.state() == StepState.SUCCEEDED) {
            done = Math.max(done, 1);
            bar.maxHint(done);
        } else {
            bar.maxHint(position.total() > 0 ? position.total() : -1);
        }
        bar.stepTo(done);
        bar.setExtraMessage(
                switch (step.state()) {
                    case RUNNING -> ForeignText.oneLine(position.message());
                    case SUCCEEDED -> "";
                    case PENDING -> "waits for another attempt";
                    default -> step.state().name().toLowerCase(Locale.ROOT);
                });
    }

    @Override
    public void close() {
        ticking.cancel(false);
        clock.execute(() -> {
            refresh();
            bars.values().forEach(ProgressBar::close);
        });
        clock.shutdown();
        try {
            if (!clock.awaitTermination(LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("nobody reads the last state of the bars");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
