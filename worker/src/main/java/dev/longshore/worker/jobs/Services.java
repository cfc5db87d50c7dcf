package dev.longshore.worker.jobs;

import dev.longshore.pipeline.StepTypes;
import dev.longshore.run.Run;
import dev.longshore.run.RunStore;
import dev.longshore.source.InvalidSourceException;
import dev.longshore.source.Workspace;
import dev.longshore.source.Workspaces;
import dev.longshore.step.DockerAccess;
import dev.longshore.worker.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * What the handlers work with.
 *
 * @param work where runs keep what they make until it is published
 * @param docker the way to the daemon; not opened unless a run uses Docker
 * @param threads how many threads one step may use
 * @param pool whether other processes work on the same runs: a run may then wait for Docker to come back, and the parts of
 *     its graph must be found where another process left them
 */
public record Services(
        RunStore runs,
        StepTypes types,
        Path work,
        DockerAccess docker,
        ProgressBoard progress,
        int threads,
        Clock clock,
        boolean pool) {
    RunDirectory directory(Run run) {
        return RunDirectory.of(work, run.id());
    }

    Workspace workspace(Run run) throws InvalidSourceException, IOException, InterruptedException {
        return Workspaces.open(
                run.spec().source(),
                run.repository(),
                directory(run).clones(),
                Optional.of(run.spec().out()));
    }
}
