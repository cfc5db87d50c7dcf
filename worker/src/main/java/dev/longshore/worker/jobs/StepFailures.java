package dev.longshore.worker.jobs;

import dev.longshore.docker.DockerFailureException;
import dev.longshore.source.InvalidSourceException;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.Locale;

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
        String message = describe(e);
        String lower = message.toLowerCase(Locale.ROOT);
        return lower.contains("no space left on device") || lower.contains("disk quota exceeded")
                ? new StepFailure.DiskFull(message)
                : new StepFailure.InputOutput(message);
    }

    /** The system's words, and the file's name where the exception has both apart. */
    private static String describe(IOException e) {
        if (e instanceof FileSystemException file) {
            String reason = file.getReason() == null ? e.getClass().getSimpleName() : file.getReason();
            return reason + ": " + file.getFile();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static StepFailure unexpected(Throwable e) {
        return new StepFailure.Unexpected(
                e.getClass().getSimpleName() + (e.getMessage() == null ? "" : ": " + e.getMessage()));
    }
}
