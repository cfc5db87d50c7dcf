package dev.longshore.worker.cli;

import dev.longshore.run.Run;
import dev.longshore.run.RunId;
import dev.longshore.run.RunSpec;
import dev.longshore.worker.pool.Pool;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One run that a pool of workers does, put in and watched from here. */
final class PoolRun {
    private final Pool.Settings settings;
    private final RunSpec spec;
    private @Nullable Pool pool;
    private @Nullable RunId own;
    private @Nullable Thread watching;
    private boolean cancelled;

    PoolRun(Pool.Settings settings, RunSpec spec) {
        this.settings = settings;
        this.spec = spec;
    }

    /**
     * Ends the run if this put it in, whoever works on it; {@link #run} then returns. If another put it in, or it cannot be
     * ended, run throws InterruptedException. From any thread.
     */
    synchronized void cancel() {
        cancelled = true;
        if (pool == null || watching == null) {
            return;
        }
        if (own == null) {
            watching.interrupt();
            return;
        }
        try {
            pool.runs().update(own, run -> run.cancelledUnlessOver(Instant.now()));
        } catch (RuntimeException e) {
            // Whatever it is: nobody else would tell whoever pressed Ctrl-C, nor end the wait.
            System.err.println("longshore: run " + own + " goes on, as it could not be cancelled: " + e.getMessage());
            System.err.println("longshore: longshore runs cancel " + own + " ends it");
            watching.interrupt();
        }
    }

    /** Returns when the run is over. */
    Run run(ProgressStyle style, PrintStream err) throws IOException, InterruptedException {
        try (Pool opened = Pool.open(settings)) {
            RunId id = submit(opened, style, err);
            return new RunWatch(opened, id).await(style, err);
        }
    }

    private synchronized RunId submit(Pool opened, ProgressStyle style, PrintStream err) throws InterruptedException {
        if (cancelled) {
            throw new InterruptedException("cancelled before it was put in");
        }
        Run in = opened.submit(Run.queued(spec));
        boolean joined = !in.id().equals(spec.id());
        pool = opened;
        own = joined ? null : in.id();
        watching = Thread.currentThread();
        if (style != ProgressStyle.NONE) {
            err.println("longshore: run " + in.id() + (joined ? " asks for the same and waits already" : ""));
        }
        return in.id();
    }
}
