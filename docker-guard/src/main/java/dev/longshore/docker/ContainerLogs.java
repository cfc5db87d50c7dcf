package dev.longshore.docker;

import com.github.dockerjava.transport.DockerHttpClient.Request;
import dev.longshore.docker.DaemonStreams.ListenerException;
import java.time.Duration;

/** What the daemon has kept of a container's output. */
final class ContainerLogs {
    private final DaemonConnection daemon;
    private final Subject subject;

    ContainerLogs(DaemonConnection daemon, Subject subject) {
        this.daemon = daemon;
        this.subject = subject;
    }

    /** Hears it to its end as it is now; what the listener throws is thrown here. */
    void read(String container, Duration deadline, ContainerListener listener) throws InterruptedException {
        new Containers(daemon, subject).own("logs", container, subject.owner());
        Call call = Call.get("logs", "/containers/" + container + "/logs?stdout=true&stderr=true", deadline)
                .on(container)
                .by(subject);
        try (DaemonStreams streams = daemon.openStreams()) {
            streams.open(call, Request.builder(), body -> {
                        new AttachedOutput(listener).read(body);
                        return true;
                    })
                    .awaitResult(call.operation(), deadline);
        } catch (DockerFailureException e) {
            if (e.getCause() instanceof ListenerException thrown) {
                if (thrown.getCause() instanceof RuntimeException cause) {
                    throw cause;
                }
                if (thrown.getCause() instanceof Error cause) {
                    throw cause;
                }
            }
            throw e;
        }
    }
}
