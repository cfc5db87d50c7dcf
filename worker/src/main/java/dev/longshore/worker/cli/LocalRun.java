package dev.longshore.worker.cli;

import dev.longshore.pipeline.StepTypes;
import dev.longshore.run.InMemoryRunStore;
import dev.longshore.run.Run;
import dev.longshore.run.RunSpec;
import dev.longshore.run.RunStore;
import dev.longshore.step.DockerAccess;
import dev.longshore.worker.RunDirectory;
import dev.longshore.worker.jobs.JobServer;
import dev.longshore.worker.jobs.ProgressBoard;
import dev.longshore.worker.jobs.Services;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jobrunr.storage.InMemoryStorageProvider;

/** One run on this machine, with the very jobs that a pool of workers would run, kept in memory. */
final class LocalRun {
    /** JobRunr's shortest for its store in memory: jobs are started by wake-up, retries and lost wake-ups by this. */
    private static final Duration POLL = Duration.ofMillis(200);

    private final StepTypes types;
    private final DockerAccess docker;
    private final Path work;
    private final int threads;
    private final PrintStream err;

    LocalRun(StepTypes types, DockerAccess docker, Path work, int threads, PrintStream err) {
        this.types = types;
        this.docker = docker;
        this.work = work;
        this.threads = threads;
        this.err = err;
    }

    /**
     * Returns when the run is over and all that it made but its graph is gone: Ctrl-C meanwhile cancels the run, and the
     * process ends only once that is done.
     */
    Run run(RunSpec spec, ProgressStyle style) throws IOException, InterruptedException {
        RunStore runs = new InMemoryRunStore();
        ProgressBoard board = new ProgressBoard();
        Services services = new Services(runs, types, work, docker, board, threads, Clock.systemUTC());
        RunDirectory directory = RunDirectory.of(work, spec.id());
        BlockingQueue<Run> over = new LinkedBlockingQueue<>();
        runs.create(Run.queued(spec));
        // Closed in the opposite order: the jobs end first, then what they worked in goes, and last the process may
        // end.
        try (Interrupts interrupts = new Interrupts(() -> cancel(runs, spec));
                RunLock lock = RunLock.take(work, spec)) {
            AbandonedRuns abandoned = new AbandonedRuns(work, docker, spec.docker());
            abandoned.remove();
            try (RunStore.Subscription subscription = runs.subscribe(spec.id(), run -> {
                        if (run.state().isFinal()) {
                            over.add(run);
                        }
                    });
                    ProgressView view = ProgressView.open(style, runs, spec, board, err);
                    JobServer server = new JobServer(services, new InMemoryStorageProvider(), workers(spec), POLL)) {
                server.start();
                server.enqueue(runs.get(spec.id()));
                return over.take();
            } finally {
                abandoned.discard(directory, runs.get(spec.id()).state());
            }
        }
    }

    /** Steps that do not wait for one another run side by side, each with all the threads: the default ones do wait. */
    private static int workers(RunSpec spec) {
        return spec.pipeline().steps().size();
    }

    private static void cancel(RunStore runs, RunSpec spec) {
        runs.update(
                spec.id(),
                run -> run.state().isFinal()
                        ? run
                        : run.cancelled(Clock.systemUTC().instant()));
    }
}
