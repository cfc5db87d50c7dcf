package dev.longshore.worker.jobs;

import dev.longshore.step.StepFailure;
import java.time.Duration;

/** A step's attempt failed and is to be made again after a wait; {@link RetryPolicy} reads it. */
final class StepRetryException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Duration wait;

    StepRetryException(StepFailure failure, Duration wait, Throwable cause) {
        super(failure.message(), cause);
        this.wait = wait;
    }

    Duration waitTime() {
        return wait;
    }
}
