package dev.longshore.worker;

import dev.longshore.docker.GuardedDocker;
import dev.longshore.docker.Owner;

/** What a run that is over has left on the daemon. */
public final class RunContainers {
    private RunContainers() {}

    /**
     * Removes what the run has left.
     *
     * @param owner with the run
     * @return whether nothing of it is there any more: what is under another process's lease stays, and has to be looked for again
     */
    public static boolean removed(GuardedDocker docker, Owner owner) throws InterruptedException {
        docker.removeLeftovers(owner);
        return docker.objects().stream().noneMatch(object -> object.run().equals(owner.run()));
    }
}
