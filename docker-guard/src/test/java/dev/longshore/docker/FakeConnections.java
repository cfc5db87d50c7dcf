package dev.longshore.docker;

import dev.longshore.docker.testing.FakeDaemon;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** Connections to a fake daemon without a guard around them. */
final class FakeConnections {
    private FakeConnections() {}

    static DaemonConnection to(FakeDaemon daemon, Path home, UnaryOperator<ConnectionSettings> change) {
        return to(daemon, home, change, CallObserver.NONE);
    }

    static DaemonConnection to(
            FakeDaemon daemon, Path home, UnaryOperator<ConnectionSettings> change, CallObserver observer) {
        DockerSettings settings = daemon.settings(home).withConnection(change.apply(ConnectionSettings.standard()));
        return new DaemonConnection(settings, endpoint(settings), observer);
    }

    static DockerEndpoint endpoint(DockerSettings settings) {
        return new EndpointFinder(settings).find().endpoint();
    }
}
