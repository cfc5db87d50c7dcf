package dev.longshore.docker;

import dev.longshore.docker.DaemonConnection.Answer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the daemon for a sign of life: now and then while nothing else is asked of it, at once on signs of trouble or recovery, and
 * again and again while it is away.
 */
final class HealthProbe implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthProbe.class);

    /** A socket exists a moment before the daemon listens on it. */
    private static final Duration AFTER_SIGN = Duration.ofMillis(50);
    /** Over ssh every look starts programs on two machines. */
    private static final Duration LONGEST_OVER_SSH = Duration.ofSeconds(30);

    private static final Duration THREAD_END = Duration.ofSeconds(5);

    private final ConnectionMachine machine;
    private final ConnectionSettings settings;
    private final TimedCalls calls;
    private final boolean costly;
    private final Thread thread = Daemons.serving("docker-health", this::run);
    private long due;
    private boolean forced;
    private int sinceSign;
    private boolean closed;

    HealthProbe(ConnectionMachine machine, Transport transport, ConnectionSettings settings) {
        this.machine = machine;
        this.settings = settings;
        this.costly = transport.overSsh();
        this.calls = new TimedCalls(transport, 1, settings.probeTimeout(), Daemons.threads("docker-probe"));
    }

    void start() {
        schedule(settings.healthCheckInterval());
        thread.start();
    }

    /** There is a sign of trouble or of recovery. */
    synchronized void now() {
        forced = true;
        schedule(Duration.ZERO);
    }

    /** Something happened to the socket: perhaps the daemon is about to listen on it. */
    synchronized void socketChanged() {
        sinceSign = 0;
        now();
    }

    /** A call found the daemon away: it is looked for from now on. */
    synchronized void daemonIsAway() {
        if (due - System.nanoTime() > pauseWhileAway().toNanos()) {
            schedule(pauseWhileAway());
        }
    }

    private synchronized void schedule(Duration wait) {
        due = System.nanoTime() + wait.toNanos();
        machine.probeIn(wait);
        notifyAll();
    }

    private Duration pauseWhileAway() {
        if (costly) {
            return new Backoff(settings.recoveryInterval(), LONGEST_OVER_SSH).pause(machine.unreachedInARow());
        }
        return new Backoff(AFTER_SIGN, settings.recoveryInterval()).pause(Math.max(1, sinceSign));
    }

    private void run() {
        try {
            while (awaitDue()) {
                probeOnce();
            }
        } catch (InterruptedException e) {
            LOG.trace("the health probe was closed", e);
        }
    }

    /** Whatever goes wrong, the next probe comes: without one a daemon that is away would stay so for ever. */
    private void probeOnce() throws InterruptedException {
        try {
            probe();
        } catch (RuntimeException | Error e) {
            // Not through the machine: what it does about it may be what went wrong.
            postpone(settings.recoveryInterval());
            LOG.error("the health probe failed, the next is in {}", settings.recoveryInterval(), e);
        }
    }

    private synchronized void postpone(Duration wait) {
        due = System.nanoTime() + wait.toNanos();
    }

    private synchronized boolean awaitDue() throws InterruptedException {
        while (!closed) {
            long left = due - System.nanoTime();
            if (left <= 0) {
                return true;
            }
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
        }
        return false;
    }

    private void probe() throws InterruptedException {
        if (takeForced() || machine.needsProbe()) {
            // From here on a sign asks for another probe.
            ask();
        }
        synchronized (this) {
            if (forced || closed) {
                return;
            }
            boolean away = machine.unreachedInARow() > 0;
            sinceSign = away ? sinceSign + 1 : 0;
            schedule(away ? pauseWhileAway() : settings.healthCheckInterval());
        }
    }

    private synchronized boolean takeForced() {
        boolean was = forced;
        forced = false;
        return was;
    }

    private void ask() throws InterruptedException {
        try {
            // A proxy may not let a ping through: its refusal is an answer too.
            once("ping", "/_ping");
            if (machine.version().isEmpty()) {
                // Also what decides after a recovery, and what finds another daemon in the old one's place.
                Answer answer = once("version", "/version");
                machine.agreedOn(Versions.of(answer));
            }
        } catch (DockerFailureException e) {
            if (machine.state().reachable() && Versions.isDisagreement(e.failure())) {
                LOG.debug("the daemon answers and no version is agreed on", e);
            } else {
                machine.probeFailed(e.failure());
            }
        }
    }

    private Answer once(String operation, String path) throws InterruptedException {
        Call call = Call.get(operation, path, settings.probeTimeout());
        Answer answer = calls.make(call, path, call.deadline());
        if (answer.passing()) {
            DaemonConnection.require(call, answer);
        }
        machine.reached();
        return answer;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        thread.interrupt();
        calls.close();
        Pause.untilEnded(thread, THREAD_END);
    }
}
