package dev.longshore.step;

/** A step failed for a known reason. */
public final class StepException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient StepFailure failure;

    public StepException(StepFailure failure) {
        super(failure.message());
        this.failure = failure;
    }

    public StepException(StepFailure failure, Throwable cause) {
        super(failure.message(), cause);
        this.failure = failure;
    }

    public StepFailure failure() {
        return failure;
    }
}
