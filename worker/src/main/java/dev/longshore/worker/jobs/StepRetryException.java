package dev.longshore.worker.jobs;

import dev.longshore.step.StepFailure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A job is to be done again after a wait: an attempt failed, or could not begin yet; {@link RetryPolicy} reads it. Has a stack trace only where
 * nobody knows more, as {@link StepFailedException}.
 */
final class StepRetryException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Duration wait;

    StepRetryException(StepFailure failure, Duration wait, @Nullable Throwable cause) {
        super(
                failure.message(),
                failure instanceof StepFailure.Unexpected ? cause : null,
                true,
                failure instanceof StepFailure.Unexpected);
        this.wait = wait;
    }

    Duration waitTime() {
        return wait;
    }
}
