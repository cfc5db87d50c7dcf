package dev.longshore.worker.jobs;

import dev.longshore.docker.DockerFailure;
import dev.longshore.docker.DockerFailureException;
import dev.longshore.source.InvalidSourceException;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import dev.longshore.worker.SystemWords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;

/** Tells what failure an exception stands for. */
public final class StepFailures {
    private StepFailures() {}

    /** The codes of failures that say no more than that the daemon does not answer. */
    private static final Set<String> DOCKER_AWAY = Set.of("DOCKER_UNAVAILABLE", "DOCKER_TIMEOUT");

    /** Whether it says no more than that the Docker daemon does not answer. */
    public static boolean isDockerAway(StepFailure failure) {
        if (failure instanceof StepFailure.DockerNotNow held) {
            return isAway(held.refusal());
        }
        return failure instanceof StepFailure.Docker docker
                ? isAway(docker.failure())
                : DOCKER_AWAY.contains(failure.code());
    }

    /** What was not tried because the daemon was away says so too. */
    private static boolean isAway(DockerFailure failure) {
        return failure instanceof DockerFailure.InBackoff waiting
                ? isAway(waiting.cause())
                : DOCKER_AWAY.contains(failure.code());
    }

    static StepFailure of(Throwable e) {
        if (e instanceof StepException known) {
            return known.failure();
        }
        if (e instanceof DockerFailureException docker) {
            return StepFailure.of(docker.failure());
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
