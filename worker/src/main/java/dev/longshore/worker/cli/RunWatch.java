package dev.longshore.worker.cli;

import dev.longshore.redis.RedisUnavailableException;
import dev.longshore.run.InMemoryRunStore;
import dev.longshore.run.Run;
import dev.longshore.run.RunEvent;
import dev.longshore.run.RunId;
import dev.longshore.run.RunState;
import dev.longshore.run.RunStore;
import dev.longshore.text.ForeignText;
import dev.longshore.worker.jobs.ProgressBoard;
import dev.longshore.worker.pool.Pool;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Shows a run that others work on until it is over: a copy of it in this process, which is shown like a run of its own. */
final class RunWatch {
    /** Changes are told at once; this is for one that was not. */
    private static final Duration LOOK = Duration.ofSeconds(5);
    /** How long Redis may be away: the run goes on without it being watched. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Pool pool;
    private final RunStore runs;
    private final RunId id;
    private final RunStore copy = new InMemoryRunStore();
    private final ProgressBoard board = new ProgressBoard();
    private final BlockingQueue<Run> over = new LinkedBlockingQueue<>();

    RunWatch(Pool pool, RunId id) {
        this.pool = pool;
        this.runs = pool.runs();
        this.id = id;
    }

    /** Returns the run when it is over. */
    Run await(ProgressStyle style, PrintStream err) throws InterruptedException {
        Run first = runs.get(id);
        copy.create(Run.queued(first.spec()));
        try (ProgressView view = ProgressView.open(style, copy, first.spec(), board, err);
                RunStore.Subscription changes = runs.subscribe(id, this::changed);
                RunStore.Subscription events = runs.follow(id, 0, entry -> happened(entry, style, err))) {
            ShortageNotice shortage = new ShortageNotice(pool, err);
            look(shortage);
            return awaitOver(shortage);
        }
    }

    private Run awaitOver(ShortageNotice shortage) throws InterruptedException {
        long heard = System.nanoTime();
        while (true) {
            Run ended = over.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            if (ended != null) {
                return ended;
            }
            try {
                look(shortage);
                heard = System.nanoTime();
            } catch (RedisUnavailableException e) {
                if (System.nanoTime() - heard > PATIENCE.toNanos()) {
                    throw e;
                }
            }
        }
    }

    private void look(ShortageNotice shortage) {
        Run now = runs.get(id);
        changed(now);
        shortage.look(now);
    }

    private synchronized void changed(Run run) {
        copy.update(id, before -> before.state().isFinal() ? before : run);
        if (run.state().isFinal()) {
            over.add(run);
        }
    }

    private void happened(RunEvent.Entry entry, ProgressStyle style, PrintStream err) {
        if (entry.event() instanceof RunEvent.StepProgressed progress) {
            board.put(
                    id,
                    progress.step(),
                    new ProgressBoard.Position(progress.done(), progress.total(), progress.message()));
        } else if (style != ProgressStyle.NONE && entry.event() instanceof RunEvent.Waits waits) {
            err.println("longshore: waits for run " + waits.after() + " of the same repository to end");
        } else if (style != ProgressStyle.NONE
                && entry.event() instanceof RunEvent.RunChanged changed
                && changed.state() == RunState.PARKED) {
            err.println("longshore: parked until Docker is back: " + ForeignText.oneLine(changed.message()));
        }
    }
}
