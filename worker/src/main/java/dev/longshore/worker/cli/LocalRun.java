package dev.longshore.worker.cli;

import dev.longshore.graph.GraphDirectory;
import dev.longshore.pipeline.StepTypes;
import dev.longshore.run.InMemoryRunStore;
import dev.longshore.run.Run;
import dev.longshore.run.RunSpec;
import dev.longshore.run.RunState;
import dev.longshore.run.RunStore;
import dev.longshore.step.DockerAccess;
import dev.longshore.step.StepFailure;
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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run on this machine, with the very jobs that a pool of workers would run, kept in memory. */
final class LocalRun {
    private static final Logger LOG = LoggerFactory.getLogger(LocalRun.class);

    /** JobRunr's shortest for its store in memory: jobs are started by wake-up, retries and lost wake-ups by this. */
    private static final Duration POLL = Duration.ofMillis(200);
    /** A container has seconds to stop, and a daemon 30 s to answer: beyond this the next run cleans up. */
    private static final Duration CLEANUP = Duration.ofSeconds(40);

    /** What is done before the first job, as far as it takes long enough to be interrupted. */
    interface Preparation {
        void run() throws IOException, InterruptedException;
    }

    private final RunSpec spec;
    private final Services services;
    private final RunDirectory directory;
    private final RunStore runs = new InMemoryRunStore();
    private @Nullable Thread preparing;

    LocalRun(RunSpec spec, StepTypes types, DockerAccess docker, Path work, int threads) {
        this.spec = spec;
        this.services = new Services(runs, types, work, docker, new ProgressBoard(), threads, Clock.systemUTC(), false);
        this.directory = RunDirectory.of(work, spec.id());
        runs.create(Run.queued(spec));
    }

    /** Ends the run, whatever it is at; {@link #run} then cleans up and returns. From any thread. */
    void cancel() {
        runs.update(spec.id(), run -> run.cancelledUnlessOver(services.clock().instant()));
        synchronized (this) {
            if (preparing != null) {
                preparing.interrupt();
            }
        }
    }

    /** Returns when the run is over, and all that it made but its graph is gone. */
    Run run(Preparation preparation, ProgressStyle style, PrintStream err) throws IOException, InterruptedException {
        try (RunLock lock = RunLock.take(services.work(), spec)) {
            // What a killed run left of this directory: with the lock, nobody else is at it.
            new GraphDirectory(spec.out()).recover();
            AbandonedRuns abandoned = new AbandonedRuns(services.work(), services.docker(), spec.docker());
            boolean quiet = true;
            try {
                if (prepared(() -> {
                    abandoned.remove();
                    preparation.run();
                })) {
                    quiet = work(style, err);
                }
                return runs.get(spec.id());
            } finally {
                if (quiet) {
                    abandoned.discard(directory, runs.get(spec.id()).state() == RunState.SUCCEEDED);
                } else {
                    LOG.warn("{} stays for the next run to remove: a job of it has not ended", directory.root());
                }
            }
        }
    }

    /** Whether the run is still to be done afterwards. */
    private boolean prepared(Preparation preparation) throws IOException, InterruptedException {
        synchronized (this) {
            preparing = Thread.currentThread();
        }
        try {
            if (!isOver()) {
                preparation.run();
            }
        } catch (InterruptedException e) {
            if (!isOver()) {
                throw e;
            }
        } finally {
            synchronized (this) {
                preparing = null;
                if (isOver()) {
                    Thread.interrupted(); // it was meant for the preparation alone
                }
            }
        }
        return !isOver();
    }

    private boolean isOver() {
        return runs.get(spec.id()).state().isFinal();
    }

    /** Whether all jobs of the run have ended, cleaning up included. */
    private boolean work(ProgressStyle style, PrintStream err) throws InterruptedException {
        try (ProgressView view = ProgressView.open(style, runs, spec, services.progress(), err);
                JobServer server = JobServer.inMemory(services, workers(), POLL)) {
            server.start();
            server.enqueue(runs.get(spec.id()));
            awaitOver(server);
            return server.stop(CLEANUP);
        }
    }

    private void awaitOver(JobServer server) throws InterruptedException {
        BlockingQueue<Run> over = new LinkedBlockingQueue<>();
        try (RunStore.Subscription subscription = runs.subscribe(spec.id(), run -> {
            if (run.state().isFinal()) {
                over.add(run);
            }
        })) {
            // The run may have ended before the subscription, and a server that stopped itself ends none.
            while (!isOver() && over.poll(1, TimeUnit.SECONDS) == null) {
                if (!server.isRunning()) {
                    StepFailure failure = new StepFailure.Unexpected("the job server stopped by itself");
                    runs.update(
                            spec.id(),
                            run -> run.failedUnlessOver(
                                    failure, services.clock().instant()));
                }
            }
        }
    }

    /** Steps that do not wait for one another run side by side, each with all the threads: the default ones do wait. */
    private int workers() {
        return spec.pipeline().steps().size();
    }
}
