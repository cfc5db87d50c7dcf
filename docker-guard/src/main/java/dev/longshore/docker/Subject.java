package dev.longshore.docker;

import java.util.Optional;

/**
 * On whose behalf the daemon is called.
 *
 * @param owner whose objects it is about, with the run where there is one
 * @param step the step of that run, where there is one
 */
record Subject(Owner owner, Optional<String> step) {
    /** The guard itself: what it asks for no run in particular. */
    static Subject of(Owner owner) {
        return new Subject(owner, Optional.empty());
    }

    static Subject of(Owner owner, ContainerRequest request) {
        return new Subject(owner.ofRun(request.run()), Optional.of(request.step()));
    }
}
