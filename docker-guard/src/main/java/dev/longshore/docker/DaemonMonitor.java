package dev.longshore.docker;

import dev.longshore.docker.ConnectionListener.Subscription;
import dev.longshore.docker.RateLimit.Turn;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all guards of this process share of one daemon: its state, breakers and rate limit, its transport, the health probe, the watch
 * on its socket and the listeners. Made for the first connection to a daemon and closed with the last.
 */
final class DaemonMonitor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DaemonMonitor.class);
    private static final int MOST_EVENTS = 1_000;
    private static final Map<Key, DaemonMonitor> OPEN = new HashMap<>();

    private final Key key;
    private final Transport transport;
    private final ConnectionMachine machine;
    private final RateLimit rate;
    private final HealthProbe probe;
    private final Optional<SocketWatch> watch;
    private final List<ConnectionListener> listeners = new CopyOnWriteArrayList<>();
    private final ThreadPoolExecutor events;
    private int users;

    /** Guards with other settings have a monitor of their own: one's patience is not another's. */
    private record Key(String address, Optional<Path> tls, ConnectionSettings settings) {}

    private DaemonMonitor(Key key, DockerEndpoint endpoint, DockerSettings settings) {
        this.key = key;
        this.transport = Transport.to(endpoint, settings);
        this.events = new ThreadPoolExecutor(
                1,
                1,
                5,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_EVENTS),
                Daemons.threads("docker-events"),
                new ThreadPoolExecutor.DiscardOldestPolicy());
        this.events.allowCoreThreadTimeOut(true);
        this.machine = new ConnectionMachine(endpoint, key.settings, System::nanoTime, this::tell);
        this.rate = new RateLimit(key.settings.rate(), System::nanoTime);
        this.probe = new HealthProbe(machine, transport, key.settings);
        this.watch = endpoint.socket().map(socket -> new SocketWatch(socket, this::socketChanged));
    }

    /** The monitor of a daemon; release it once for each time. */
    static DaemonMonitor acquire(DockerEndpoint endpoint, DockerSettings settings) {
        Key key = new Key(endpoint.address().toString(), endpoint.tlsDirectory(), settings.connection());
        synchronized (OPEN) {
            DaemonMonitor monitor = OPEN.computeIfAbsent(key, unused -> new DaemonMonitor(key, endpoint, settings));
            if (monitor.users++ == 0) {
                monitor.probe.start();
                monitor.watch.ifPresent(SocketWatch::start);
            }
            return monitor;
        }
    }

    @Override
    public void close() {
        synchronized (OPEN) {
            users--;
            if (users > 0) {
                return;
            }
            OPEN.remove(key);
        }
        watch.ifPresent(SocketWatch::close);
        probe.close();
        events.shutdown();
        transport.close();
    }

    Transport transport() {
        return transport;
    }

    ConnectionMachine machine() {
        return machine;
    }

    /**
     * Lets a call in, or says why not; waits for its turn if many are made.
     *
     * @throws DockerFailureException with {@link DockerFailure.InBackoff} or {@link DockerFailure.RateLimited}
     */
    void admit(Call call, CallClass kind) throws InterruptedException {
        if (!kind.neverRefused()) {
            Turn turn = rate.take(call.deadline());
            if (!turn.granted()) {
                machine.refusedByRate();
                throw new DockerFailureException(
                        new DockerFailure.RateLimited(call.operation(), rate.words(), turn.in()));
            }
            TimeUnit.NANOSECONDS.sleep(turn.in().toNanos());
        }
        Optional<DockerFailure> refusal = machine.refusal(call.operation(), kind);
        if (refusal.isPresent()) {
            throw new DockerFailureException(refusal.get());
        }
    }

    /** An attempt was answered, whatever the status. */
    void reached() {
        machine.reached();
    }

    /** An attempt failed; if that does not say whether the daemon is away, it is asked at once. */
    void attemptFailed(DockerFailure failure) {
        boolean conclusive = machine.attemptFailed(failure);
        if (conclusive) {
            probe.daemonIsAway();
        } else {
            trouble();
        }
    }

    /** Something ended that should have lasted: the daemon is asked at once. */
    void trouble() {
        probe.now();
    }

    private void socketChanged() {
        machine.forgetVersion();
        probe.socketChanged();
    }

    Subscription listen(ConnectionListener listener) {
        listeners.add(listener);
        AtomicBoolean told = new AtomicBoolean(true);
        return () -> {
            if (told.getAndSet(false)) {
                listeners.remove(listener);
            }
        };
    }

    private void tell(ConnectionState before, ConnectionStatus now) {
        LOG.info(
                "the connection to {} is {} (was {}){}",
                now.endpoint(),
                now.state(),
                before,
                now.state().reachable()
                        ? ""
                        : now.lastError()
                                .map(error -> ": " + error.failure().message())
                                .orElse(""));
        if (!listeners.isEmpty() && !events.isShutdown()) {
            events.execute(() -> listeners.forEach(listener -> tell(listener, before, now)));
        }
    }

    /** One that throws keeps no other from being told. */
    static void tell(ConnectionListener listener, ConnectionState before, ConnectionStatus now) {
        try {
            listener.changed(before, now);
        } catch (RuntimeException e) {
            LOG.error("a listener of the connection failed", e);
        }
    }
}
