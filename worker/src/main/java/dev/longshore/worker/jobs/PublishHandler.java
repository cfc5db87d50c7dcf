package dev.longshore.worker.jobs;

import dev.longshore.graph.GraphDirectory;
import dev.longshore.graph.GraphMerge;
import dev.longshore.graph.GraphPart;
import dev.longshore.run.Manifest;
import dev.longshore.run.Run;
import dev.longshore.run.RunState;
import dev.longshore.run.StepState;
import dev.longshore.source.Repository;
import dev.longshore.source.Trees;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import dev.longshore.worker.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import org.jobrunr.jobs.lambdas.JobRequestHandler;

/** Merges what the steps made and publishes it, if there is anything; then the run is over. */
public final class PublishHandler implements JobRequestHandler<PublishJob> {
    /** A merge reads and writes the graph once: beyond this the disk hangs. */
    private static final Duration DEADLINE = Duration.ofHours(6);

    private final Services services;
    private final ScheduledExecutorService timers;
    private final ActiveJobs active;
    private final RunPart publishing;

    PublishHandler(Services services, ScheduledExecutorService timers, ActiveJobs active) {
        this.services = services;
        this.timers = timers;
        this.active = active;
        this.publishing =
                new RunPart("publishing", new StepFailure.TimedOut(DEADLINE), services, (run, cause, failure) -> false);
    }

    @Override
    public void run(PublishJob job) throws StepRetryException, StepFailedException, InterruptedException {
        Run run = services.runs().get(job.run());
        if (run.state() != RunState.RUNNING) {
            return;
        }
        try (ActiveJobs.Stay stay = active.enter();
                Watch watch = new Watch(run, services.runs(), timers, active, DEADLINE)) {
            publishing.make(run, watch, () -> publishAndEnd(run));
        } finally {
            services.progress().forget(run.id());
        }
    }

    private void publishAndEnd(Run run) throws IOException, InterruptedException, StepException {
        publish(run);
        services.runs()
                .update(run.id(), before -> before.finished(services.clock().instant()));
    }

    private void publish(Run run) throws IOException, InterruptedException, StepException {
        Optional<Repository> repository = run.repository();
        // A graph that lacks what a failed step would have given is no graph of this commit: the old one stays.
        boolean whole = run.steps().stream().noneMatch(step -> step.state() == StepState.FAILED);
        if (repository.isEmpty() || !whole) {
            return;
        }
        RunDirectory directory = services.directory(run);
        List<GraphPart> parts = new Parts(directory, run).all();
        GraphDirectory out = new GraphDirectory(run.spec().out());
        Path staging = out.staging(run.id().value());
        if (services.pool()) {
            // What a worker left that was killed while it published: no other run of this repository is under way.
            out.recover();
        }
        // Since the preflight a run of another repository may have published there.
        OutputCheck.pass(out, repository.get().identity());
        Trees.deleteIfExists(staging);
        try {
            GraphMerge.Merged merged = GraphMerge.merge(parts, staging);
            Manifest.write(staging, run, repository.get(), merged);
            if (services.runs().get(run.id()).state() == RunState.RUNNING) {
                OutputCheck.pass(out, repository.get().identity());
                out.publish(run.id().value());
            }
        } finally {
            Trees.deleteIfExists(staging);
        }
    }
}
