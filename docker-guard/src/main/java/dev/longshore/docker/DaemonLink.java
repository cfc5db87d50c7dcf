package dev.longshore.docker;

import dev.longshore.docker.ConnectionListener.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A guard's way to its daemon: finds it, makes the connection at the first use, and keeps the clients apart that share the guard.
 * Thread-safe.
 */
final class DaemonLink implements AutoCloseable {
    private final DockerSettings settings;
    private final Recorder recorder;
    private final ClientBackoffs clients;
    private final List<ConnectionListener> listeners = new CopyOnWriteArrayList<>();
    private final List<Subscription> subscriptions = new ArrayList<>();
    private EndpointFinder.Found found;
    private @Nullable DaemonConnection connection;
    private @Nullable HostPaths hostPaths;
    private boolean closed;

    /** @throws DockerFailureException with {@link DockerFailure.EndpointUnusable} for an address or context that cannot be used */
    DaemonLink(DockerSettings settings, Recorder recorder) {
        this.settings = settings;
        this.recorder = recorder;
        this.found = new EndpointFinder(settings).find();
        this.clients = new ClientBackoffs(settings.connection().clients(), System::nanoTime);
    }

    synchronized DockerEndpoint endpoint() {
        return found.endpoint();
    }

    /** The socket may appear later, when the daemon is started: as long as there was none, it is looked for again. */
    synchronized DaemonConnection connection() {
        if (!found.found()) {
            requireOpen();
            found = new EndpointFinder(settings).find();
            if (!found.found()) {
                throw new DockerFailureException(new DockerFailure.SocketAbsent(found.lookedAt()));
            }
            disconnect(); // it looked after the default socket
        }
        return connect();
    }

    /** The connection to the daemon, or to where one is first expected. */
    private synchronized DaemonConnection connect() {
        requireOpen();
        if (connection == null) {
            connection = new DaemonConnection(settings, found.endpoint(), recorder);
            recorder.connected(found.endpoint());
            subscriptions.add(connection.monitor().listen(this::changed));
        }
        return connection;
    }

    /** How the daemon calls what this process sees; the same as long as the connection is. */
    synchronized HostPaths hostPaths() {
        DaemonConnection open = connection();
        HostPaths paths = hostPaths;
        if (paths == null) {
            paths = new HostPaths(open);
            hostPaths = paths;
        }
        return paths;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this guard is closed");
        }
    }

    private void changed(ConnectionState before, ConnectionStatus now) {
        if (now.state() == ConnectionState.CONNECTED && before != ConnectionState.DEGRADED) {
            clients.daemonIsBack();
        }
        listeners.forEach(listener -> DaemonMonitor.tell(listener, before, now));
    }

    /** Does something for a client, unless it still has to wait. */
    <T> T attempt(String client, String operation, Recorder.Work<T> work) throws InterruptedException {
        Optional<DockerFailure> refusal = clients.refusal(client, operation);
        if (refusal.isPresent()) {
            throw new DockerFailureException(refusal.get());
        }
        try {
            T result = work.run();
            if (result instanceof ContainerExit.DaemonLost lost) {
                clients.failed(client, lost.failure());
            } else {
                clients.succeeded(client);
            }
            return result;
        } catch (DockerFailureException e) {
            clients.failed(client, e.failure());
            throw e;
        }
    }

    Subscription listen(ConnectionListener listener) {
        listeners.add(listener);
        connect();
        AtomicBoolean told = new AtomicBoolean(true);
        return () -> {
            if (told.getAndSet(false)) {
                listeners.remove(listener);
            }
        };
    }

    boolean awaitConnected(Duration longest) throws InterruptedException {
        DaemonMonitor monitor = connect().monitor();
        if (monitor.machine().state() == ConnectionState.UNTRIED) {
            monitor.trouble();
        }
        return monitor.machine().awaitReachable(longest);
    }

    synchronized ConnectionStatus status() {
        ConnectionStatus status = connection != null
                ? connection.monitor().machine().status()
                : new ConnectionStatus(
                        found.endpoint(),
                        ConnectionState.UNTRIED,
                        Instant.now(),
                        new ConnectionStatus.Counts(0, 0, 0, 0, 0),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        Map.of());
        return status.withClients(clients.waiting());
    }

    private void disconnect() {
        subscriptions.forEach(Subscription::close);
        subscriptions.clear();
        hostPaths = null;
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        disconnect();
    }
}
