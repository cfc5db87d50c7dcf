package dev.longshore.docker;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.docker.DaemonConnection.Answer;
import java.time.Duration;
import java.util.Optional;

/** The daemon's calls on volumes. */
final class Volumes {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int IN_USE = 409;

    private final DaemonConnection daemon;
    private final Subject subject;
    private final Duration timeout;

    Volumes(DaemonConnection daemon, Subject subject) {
        this.daemon = daemon;
        this.subject = subject;
        this.timeout = daemon.settings().callTimeout();
    }

    /** Makes a local volume without options: a directory of the daemon's, and nothing else. */
    void create(String name, ObjectNode labels) throws InterruptedException {
        ObjectNode body = DaemonConnection.JSON.createObjectNode();
        body.put("Name", name).put("Driver", "local").set("Labels", labels);
        Call call = Call.post("create volume", "/volumes/create", body, timeout).patient(PATIENCE);
        DaemonConnection.require(call, daemon.call(call.on(name).by(subject)));
    }

    /**
     * Removes a volume; while a container that is just going still holds it, again and again within the call timeout. Carried
     * through when this thread is interrupted.
     *
     * @return why it could not be removed
     */
    Optional<DockerFailure> remove(String name) {
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            Optional<DockerFailure> failure = tryRemove(name);
            boolean inUse = failure.orElse(null) instanceof DockerFailure.DaemonError error && error.status() == IN_USE;
            if (!inUse || System.nanoTime() >= end) {
                return failure;
            }
            Pause.uninterruptibly(PAUSE);
        }
    }

    private Optional<DockerFailure> tryRemove(String name) {
        Call call = Call.delete("remove volume", "/volumes/" + name, timeout).patient(timeout);
        boolean interrupted = Thread.interrupted();
        try {
            Answer answer = daemon.call(call.on(name).by(subject));
            if (answer.status() != 404) {
                DaemonConnection.require(call, answer);
            }
            return Optional.empty();
        } catch (DockerFailureException e) {
            return Optional.of(e.failure());
        } catch (InterruptedException e) {
            interrupted = true;
            return Optional.of(new DockerFailure.Timeout(call.operation(), timeout));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
