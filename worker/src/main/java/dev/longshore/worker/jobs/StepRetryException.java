package dev.longshore.worker.jobs;

import dev.longshore.step.StepFailure;
import java.time.Duration;

/**
 * A step's attempt failed and is to be made again after a wait; {@link RetryPolicy} reads it. Has a stack trace only where
 * nobody knows more, as {@link StepFailedException}.
 */
final class StepRetryException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Duration wait;

    StepRetryException(StepFailure failure, Duration wait, Throwable cause) {
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
