package dev.longshore.run;

/** Where a run is. docs/runs.md draws the states and their transitions. */
public enum RunState {
    /** Waits to be started: for a free worker, or for another run of its repository to end. */
    QUEUED,
    RUNNING,
    /** Waits for Docker to come back, without using up any attempt. */
    PARKED,
    SUCCEEDED,
    /** Every step that ran succeeded, but an optional Docker step was skipped. */
    DEGRADED,
    FAILED,
    /** Ended by the one who started it (Ctrl-C, a shutdown), or by somebody else's cancel. */
    CANCELLED;

    /** Whether a run in this state changes no more. */
    public boolean isFinal() {
        return this != QUEUED && this != RUNNING && this != PARKED;
    }
}
