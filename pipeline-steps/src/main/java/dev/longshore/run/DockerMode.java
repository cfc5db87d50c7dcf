package dev.longshore.run;

/** What a run does about Docker. */
public enum DockerMode {
    /** As each step of the pipeline says: optional steps are skipped where there is no Docker. */
    AUTO,
    /** Every Docker step must run; without Docker the run fails. */
    REQUIRED,
    /** No Docker step runs, by choice: the run does not even look for a socket. */
    OFF
}
