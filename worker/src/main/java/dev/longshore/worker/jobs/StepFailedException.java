package dev.longshore.worker.jobs;

import dev.longshore.step.StepFailure;
import org.jspecify.annotations.Nullable;

/** A step failed for good: its job is to end as failed and not to be tried again. */
final class StepFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    StepFailedException(StepFailure failure, @Nullable Throwable cause) {
        super(failure.message(), cause);
    }
}
