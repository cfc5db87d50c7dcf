package dev.longshore.worker.jobs;

import dev.longshore.step.StepFailure;
import org.jspecify.annotations.Nullable;

/**
 * A step failed for good: its job is to end as failed and not to be tried again. JobRunr keeps the exception with the job and
 * shows it in the dashboard, so that it has a stack trace only where nobody knows more than that.
 */
final class StepFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    StepFailedException(StepFailure failure, @Nullable Throwable cause) {
        super(
                failure.message(),
                failure instanceof StepFailure.Unexpected ? cause : null,
                true,
                failure instanceof StepFailure.Unexpected);
    }
}
