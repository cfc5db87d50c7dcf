package dev.longshore.step;

import dev.longshore.docker.GuardedDocker;

/** How a step comes by the guarded Docker client. */
public interface DockerAccess {
    /**
     * The client, opened at the first call.
     *
     * @throws StepException this run uses no Docker, or the daemon cannot be reached
     */
    GuardedDocker client() throws StepException;

    /**
     * Whether another process may go on with a step when this one dies: then so may its container, and what that one finds of it is
     * where this one put it.
     */
    default boolean outlivesProcess() {
        return false;
    }
}
