package dev.longshore.worker.jobs;

import dev.longshore.graph.GraphDirectory;
import dev.longshore.graph.GraphMerge;
import dev.longshore.graph.GraphPart;
import dev.longshore.run.IllegalTransitionException;
import dev.longshore.run.Manifest;
import dev.longshore.run.Run;
import dev.longshore.run.RunState;
import dev.longshore.run.StepRun;
import dev.longshore.run.StepState;
import dev.longshore.source.Repository;
import dev.longshore.source.Trees;
import dev.longshore.step.StepFailure;
import dev.longshore.worker.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Merges what the steps made and publishes it, if there is anything; then the run is over. */
public final class PublishHandler implements JobRequestHandler<PublishJob> {
    private static final Logger LOG = LoggerFactory.getLogger(PublishHandler.class);

    private final Services services;

    PublishHandler(Services services) {
        this.services = services;
    }

    @Override
    public void run(PublishJob job) throws StepFailedException {
        Run run = services.runs().get(job.run());
        if (run.state() != RunState.RUNNING) {
            return;
        }
        try {
            publish(run);
            services.runs()
                    .update(run.id(), before -> before.finished(services.clock().instant()));
        } catch (IllegalTransitionException e) {
            LOG.debug("run {} was over before it was published: {}", run.id(), e.getMessage());
        } catch (IOException e) {
            StepFailure failure = StepFailures.of(e);
            services.runs()
                    .update(
                            run.id(),
                            before -> before.failed(failure, services.clock().instant()));
            throw new StepFailedException(failure, e);
        } finally {
            services.progress().forget(run.id());
        }
    }

    private void publish(Run run) throws IOException {
        Optional<Repository> repository = run.repository();
        // A graph that lacks what a failed step would have given is no graph of this commit: the old one stays.
        boolean whole = run.steps().stream().noneMatch(step -> step.state() == StepState.FAILED);
        if (repository.isEmpty() || !whole) {
            return;
        }
        RunDirectory directory = services.directory(run);
        List<GraphPart> parts = run.steps().stream()
                .filter(step -> step.state() == StepState.SUCCEEDED)
                .map(StepRun::name)
                .map(directory::part)
                .map(GraphPart::new)
                .toList();
        GraphDirectory out = new GraphDirectory(run.spec().out());
        Path staging = out.staging(run.id().value());
        Trees.deleteIfExists(staging);
        try {
            GraphMerge.Merged merged = GraphMerge.merge(parts, staging);
            Manifest.write(staging, run, repository.get(), merged);
            out.publish(run.id().value());
        } finally {
            Trees.deleteIfExists(staging);
        }
    }
}
