package dev.longshore.worker.cli;

import dev.longshore.run.RunSpec;
import dev.longshore.run.RunStore;
import dev.longshore.worker.jobs.ProgressBoard;
import java.io.PrintStream;
import java.time.Duration;

/** Shows on standard error how far a run is, until it is closed. */
interface ProgressView extends AutoCloseable {
    /** Closing waits no longer than this for whoever reads: a terminal may be stopped, a pipe full. */
    Duration LONGEST_CLOSE = Duration.ofSeconds(2);

    @Override
    void close();

    static ProgressView open(ProgressStyle style, RunStore runs, RunSpec spec, ProgressBoard board, PrintStream err) {
        return switch (style) {
            case NONE -> () -> {};
            case LINES -> new ProgressLines(runs, spec, board, err);
            case BARS -> new ProgressBars(runs, spec, board, err);
        };
    }
}
