package dev.longshore.worker.jobs;

import dev.longshore.step.StepFailure;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Locale;

/** Tells what an exception that is nobody's word for it means. */
final class StepFailures {
    private StepFailures() {}

    static StepFailure of(IOException e) {
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

    static StepFailure unexpected(Throwable e) {
        return new StepFailure.Unexpected(
                e.getClass().getSimpleName() + (e.getMessage() == null ? "" : ": " + e.getMessage()));
    }
}
