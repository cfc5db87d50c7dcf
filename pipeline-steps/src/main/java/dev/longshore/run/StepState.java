package dev.longshore.run;

/** Where a step of a run is. */
public enum StepState {
    /** Waits for its turn, or for its next attempt. */
    PENDING,
    RUNNING,
    SUCCEEDED,
    FAILED,
    SKIPPED,
    CANCELLED;

    public boolean isFinal() {
        return this != PENDING && this != RUNNING;
    }
}
