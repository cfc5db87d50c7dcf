package dev.longshore.docker;

import dev.longshore.docker.DockerObject.Kind;
import java.time.Duration;
import java.util.Optional;

/** Removes one object of an owner. What is gone already is as good as removed. */
final class Removal {
    private final DaemonConnection daemon;
    private final Owner owner;
    private final Subject subject;

    Removal(DaemonConnection daemon, Owner owner) {
        this.daemon = daemon;
        this.owner = owner;
        this.subject = Subject.of(owner);
    }

    /** Why it is still there; empty if it is gone. Interruption does not stop it. */
    Optional<DockerFailure> remove(DockerObject object) {
        if (object.kind() == Kind.CONTAINER) {
            return new Containers(daemon, subject)
                    .remove(object.name(), owner, false)
                    .map(left -> left);
        }
        // A name of ours is of letters that a path needs no escape for.
        String path = (object.kind() == Kind.VOLUME ? "/volumes/" : "/networks/") + object.name();
        Duration timeout = daemon.settings().callTimeout();
        Call call = Call.delete("removal of " + object.kind(), path, timeout)
                .on(object.name())
                .by(subject);
        return delete(daemon, call);
    }

    /** Makes a call that removes something, once, and carries it through when this thread is interrupted. */
    static Optional<DockerFailure> delete(DaemonConnection daemon, Call call) {
        boolean interrupted = Thread.interrupted();
        try {
            DaemonConnection.Answer answer = daemon.call(call.patient(call.deadline()));
            if (answer.status() != 404) {
                DaemonConnection.require(call, answer);
            }
            return Optional.empty();
        } catch (DockerFailureException e) {
            return Optional.of(e.failure());
        } catch (InterruptedException e) {
            interrupted = true;
            return Optional.of(new DockerFailure.Timeout(call.operation(), call.deadline()));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
