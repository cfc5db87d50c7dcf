package dev.longshore.docker;

import dev.longshore.docker.ConnectionStatus.Counts;
import dev.longshore.docker.ConnectionStatus.FailingClass;
import dev.longshore.docker.ConnectionStatus.LastError;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The state of the connection to one daemon, from what came of its calls; makes none itself. Thread-safe.
 *
 * <pre>
 * UNTRIED ──answer──► CONNECTED ◄──success── DEGRADED
 *    │                 │  ▲   └─call fails─────►│
 *    └───unreached──┐  │  └─────answer──────┐   │
 *                   ▼  ▼                    │   │
 *                 BACKING_OFF ──────────────┘◄──┘ unreached
 *                      │ unreached several times in a row
 *                      ▼
 *                    OPEN ──answer──► HALF_OPEN ──answer──► CONNECTED
 *                      ▲──unreached──────┘
 * </pre>
 *
 * <p>Unreached is told apart from failed: a daemon that hangs on one call may answer all others, so only a refused connection, an
 * absent socket, a missing permission and the health probe say that it is away.
 */
final class ConnectionMachine {
    private final DockerEndpoint endpoint;
    private final ConnectionSettings settings;
    private final LongSupplier nanos;
    private final Transitions transitions;
    private final Map<CallClass, Breaker> breakers = new EnumMap<>(CallClass.class);

    private ConnectionState state = ConnectionState.UNTRIED;
    private Instant since = Instant.now();
    private Stage stage = Stage.UNTRIED;
    private int unreached;
    private @Nullable DockerFailure away;
    private long answered;
    private long failed;
    private long refused;
    private long recoveries;
    private @Nullable LastError lastError;
    private @Nullable Instant lastSuccess;
    private long lastAnswer;
    private @Nullable Versions version;
    private long nextProbe;
    private boolean probing;

    /** Where the daemon as a whole stands; what its classes of calls do comes on top. */
    private enum Stage {
        UNTRIED,
        REACHABLE,
        UNREACHED,
        OPEN,
        HALF_OPEN
    }

    /** Told of each change of the state, under the machine's lock: it must only pass it on. */
    interface Transitions {
        void changed(ConnectionState before, ConnectionStatus now);
    }

    ConnectionMachine(
            DockerEndpoint endpoint, ConnectionSettings settings, LongSupplier nanos, Transitions transitions) {
        this.endpoint = endpoint;
        this.settings = settings;
        this.nanos = nanos;
        this.transitions = transitions;
        for (CallClass kind : CallClass.values()) {
            breakers.put(kind, new Breaker(kind, settings.breaker(), nanos));
        }
    }

    /** Why a call may not be tried now; if it may, its end must be told. */
    synchronized Optional<DockerFailure> refusal(String operation, CallClass kind) {
        Optional<DockerFailure> refusal = Optional.empty();
        if (stage == Stage.OPEN && !kind.neverRefused() && away != null) {
            refusal = Optional.of(new DockerFailure.InBackoff(operation, "the guard", untilProbe(), away));
        } else {
            Breaker breaker = breaker(kind);
            Optional<Duration> wait = breaker.tryEnter();
            DockerFailure cause = breaker.cause();
            if (wait.isPresent() && cause != null) {
                refusal = Optional.of(new DockerFailure.InBackoff(operation, words(kind), wait.get(), cause));
            }
        }
        if (refusal.isPresent()) {
            refused++;
        }
        return refusal;
    }

    private static String words(CallClass kind) {
        return switch (kind) {
            case READ -> "every question to the daemon";
            case STATS -> "every question for a container's figures";
            case CHANGE -> "every call that makes or starts something";
            case STREAM -> "every call with a lasting answer";
            case IMAGE -> "every build and pull";
            case WAIT -> "every wait for a container's end";
            case CLEANUP -> "every call that stops or removes something";
        };
    }

    /** The daemon gave a whole answer to one attempt, whatever it said. */
    synchronized void reached() {
        answered++;
        lastAnswer = nanos.getAsLong();
        lastSuccess = Instant.now();
        boolean back = stage != Stage.REACHABLE && stage != Stage.UNTRIED;
        stage = stage == Stage.OPEN ? Stage.HALF_OPEN : Stage.REACHABLE;
        unreached = 0;
        if (back) {
            // What failed before failed for its being away.
            breakers.values().forEach(Breaker::succeeded);
        }
        if (back && stage == Stage.REACHABLE) {
            recoveries++;
        }
        update();
    }

    /**
     * One attempt failed.
     *
     * @return whether that says that the daemon is away, or only that it might be
     */
    synchronized boolean attemptFailed(DockerFailure failure) {
        failed++;
        lastError = new LastError(failure, Instant.now());
        boolean conclusive = failure instanceof DockerFailure.SocketAbsent
                || failure instanceof DockerFailure.ConnectionRefused
                || failure instanceof DockerFailure.PermissionDenied
                || failure instanceof DockerFailure.EndpointUnusable;
        if (conclusive) {
            unreached(failure);
        }
        return conclusive;
    }

    /** The health probe failed: whatever the reason, the daemon is away. */
    synchronized void probeFailed(DockerFailure failure) {
        failed++;
        lastError = new LastError(failure, Instant.now());
        unreached(failure);
    }

    private void unreached(DockerFailure failure) {
        unreached++;
        away = failure;
        version = null; // what comes back may be another daemon
        boolean open = stage == Stage.OPEN
                || stage == Stage.HALF_OPEN
                || unreached >= settings.breaker().failures();
        stage = open ? Stage.OPEN : Stage.UNREACHED;
        update();
    }

    /** A call that was let in ended well; of its attempts each has been told. */
    synchronized void succeeded(CallClass kind) {
        breaker(kind).succeeded();
        update();
    }

    /** A call that was let in ended with a failure: its last attempt's, or the daemon's refusal. */
    synchronized void ended(CallClass kind, DockerFailure failure) {
        if (failure instanceof DockerFailure.DaemonError error && error.status() < 500) {
            breaker(kind).succeeded(); // the daemon works, and does not want this
        } else if (failure instanceof DockerFailure.DaemonError error) {
            lastError = new LastError(failure, Instant.now());
            // A 500 is mostly about the request, such as an image whose command does not start.
            breaker(kind).failed(failure, error.status() >= 502 && error.status() <= 504);
        } else if (failure instanceof DockerFailure.Timeout
                || failure instanceof DockerFailure.ConnectionLost
                || failure instanceof DockerFailure.Unknown) {
            breaker(kind).failed(failure, true);
        } else {
            breaker(kind).abandoned();
        }
        update();
    }

    /** A call that was let in was given up by its caller. */
    synchronized void abandoned(CallClass kind) {
        breaker(kind).abandoned();
    }

    synchronized void refusedByRate() {
        refused++;
    }

    /** What the daemon said of itself when a version was agreed on; empty if it has to be asked. */
    synchronized Optional<Versions> version() {
        return Optional.ofNullable(version);
    }

    synchronized void agreedOn(Versions agreed) {
        version = agreed;
    }

    /** The daemon refused the version, or its socket was made anew: it must be asked again. */
    synchronized void forgetVersion() {
        version = null;
    }

    synchronized ConnectionState state() {
        return state;
    }

    /** Whether the probe has something to find out: the daemon is away or on trial, or has not answered for long. */
    synchronized boolean needsProbe() {
        return stage != Stage.REACHABLE
                || nanos.getAsLong() - lastAnswer
                        >= settings.healthCheckInterval().toNanos();
    }

    /** How often the daemon could not be reached in a row. */
    synchronized int unreachedInARow() {
        return unreached;
    }

    synchronized void probeIn(Duration wait) {
        nextProbe = nanos.getAsLong() + wait.toNanos();
        probing = true;
        breakers.values().forEach(breaker -> breaker.forgetAfter(settings.healthCheckInterval()));
        update();
    }

    private Duration untilProbe() {
        long left = nextProbe - nanos.getAsLong();
        return left > 0 ? Duration.ofNanos(left) : Duration.ofMillis(50);
    }

    synchronized ConnectionStatus status() {
        List<FailingClass> failing = breakers.values().stream()
                .flatMap(breaker -> breaker.failing().stream())
                .toList();
        return new ConnectionStatus(
                endpoint,
                state,
                since,
                new Counts(answered, failed, refused, recoveries, unreached),
                Optional.ofNullable(lastError),
                Optional.ofNullable(lastSuccess),
                probing ? Optional.of(Instant.now().plus(untilProbe())) : Optional.empty(),
                Optional.ofNullable(version).map(known -> known.agreed().toString()),
                failing,
                Map.of());
    }

    private void update() {
        ConnectionState before = state;
        state = switch (stage) {
            case UNTRIED -> ConnectionState.UNTRIED;
            case UNREACHED -> ConnectionState.BACKING_OFF;
            case OPEN -> ConnectionState.OPEN;
            case HALF_OPEN -> ConnectionState.HALF_OPEN;
            case REACHABLE ->
                breakers.values().stream().allMatch(breaker -> breaker.failing().isEmpty())
                        ? ConnectionState.CONNECTED
                        : ConnectionState.DEGRADED;
        };
        if (state != before) {
            since = Instant.now();
            notifyAll();
            transitions.changed(before, status());
        }
    }

    /**
     * Waits until the daemon answers or the time is up.
     *
     * @return whether it answers
     */
    synchronized boolean awaitReachable(Duration longest) throws InterruptedException {
        long end = System.nanoTime() + longest.toNanos();
        while (!state.reachable()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
        return true;
    }

    /** Lets time pass before another attempt; if the daemon is away, its return is enough. */
    void pause(Duration longest) throws InterruptedException {
        if (state().reachable()) {
            TimeUnit.NANOSECONDS.sleep(longest.toNanos());
        } else {
            awaitReachable(longest);
        }
    }

    private Breaker breaker(CallClass kind) {
        Breaker breaker = breakers.get(kind);
        if (breaker == null) {
            throw new IllegalStateException("no breaker for " + kind);
        }
        return breaker;
    }
}
