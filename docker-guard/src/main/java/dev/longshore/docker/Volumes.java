package dev.longshore.docker;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
        Call call = Call.delete("remove volume", "/volumes/" + name, timeout)
                .on(name)
                .by(subject);
        while (true) {
            Optional<DockerFailure> failure = Removal.delete(daemon, call);
            boolean inUse = failure.orElse(null) instanceof DockerFailure.DaemonError error && error.status() == IN_USE;
            if (!inUse || System.nanoTime() >= end) {
                return failure;
            }
            Pause.uninterruptibly(PAUSE);
        }
    }
}
