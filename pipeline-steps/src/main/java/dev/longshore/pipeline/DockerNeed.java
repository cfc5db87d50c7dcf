package dev.longshore.pipeline;

/** Whether a step needs Docker. */
public enum DockerNeed {
    /** Without Docker the run fails. */
    REQUIRED,
    /** Without Docker the step is skipped, and the run ends degraded. */
    OPTIONAL,
    /** The step uses no Docker. */
    NONE
}
