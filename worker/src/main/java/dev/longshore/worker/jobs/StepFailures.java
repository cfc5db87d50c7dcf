package dev.longshore.worker.jobs;

import dev.longshore.docker.DockerFailureException;
import dev.longshore.source.InvalidSourceException;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import dev.longshore.worker.SystemWords;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Tells what failure an exception stands for. */
final class StepFailures {
    private StepFailures() {}

    static StepFailure of(Throwable e) {
        if (e instanceof StepException known) {
            return known.failure();
        }
        if (e instanceof DockerFailureException docker) {
            return new StepFailure.Docker(docker.failure());
        }
        if (e instanceof InvalidSourceException source) {
            return new StepFailure.SourceUnavailable(String.valueOf(source.getMessage()));
        }
        Throwable cause = e instanceof UncheckedIOException ? e.getCause() : e;
        return cause instanceof IOException io ? ofInputOutput(io) : unexpected(e);
    }

    private static StepFailure ofInputOutput(IOException e) {
        String message = SystemWords.describe(e);
        return SystemWords.isDiskFull(e) ? new StepFailure.DiskFull(message) : new StepFailure.InputOutput(message);
    }

    private static StepFailure unexpected(Throwable e) {
        return new StepFailure.Unexpected(
                e.getClass().getSimpleName() + (e.getMessage() == null ? "" : ": " + e.getMessage()));
    }
}
