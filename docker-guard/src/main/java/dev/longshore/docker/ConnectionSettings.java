package dev.longshore.docker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How calls to the daemon are made, and made again. Immutable.
 *
 * @param callTimeout deadline of a control call, 30 s unless set
 * @param probeTimeout deadline of {@link GuardedDocker#ping} and of the health probe, 5 s unless set
 * @param healthCheckInterval how often the daemon is asked for a sign of life while nothing else is asked of it, 30 s unless set
 * @param retryAttempts how often a call that is safe to repeat is made in all, 5 unless set; 1 never repeats one
 * @param retryDelay wait before the second attempt, doubled for each further one, 1 s unless set
 */
public record ConnectionSettings(
        Duration callTimeout,
        Duration probeTimeout,
        Duration healthCheckInterval,
        int retryAttempts,
        Duration retryDelay) {

    /** What a failure that the daemon alone can end is waited for, when nothing says more. */
    static final Optional<Duration> SOON = Optional.of(Duration.ofSeconds(5));

    public ConnectionSettings {
        List<String> problems = new ArrayList<>();
        DockerSettings.checkWait(problems, "callTimeout", callTimeout);
        DockerSettings.checkWait(problems, "probeTimeout", probeTimeout);
        DockerSettings.checkWait(problems, "healthCheckInterval", healthCheckInterval);
        if (retryAttempts < 1 || retryAttempts > 100) {
            problems.add("retryAttempts must be 1 to 100: " + retryAttempts);
        }
        DockerSettings.checkWait(problems, "retryDelay", retryDelay);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    public static ConnectionSettings standard() {
        return new ConnectionSettings(
                Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofSeconds(30), 5, Duration.ofSeconds(1));
    }

    public ConnectionSettings withCallTimeout(Duration timeout) {
        return with(copy -> copy.callTimeout = timeout);
    }

    public ConnectionSettings withProbeTimeout(Duration timeout) {
        return with(copy -> copy.probeTimeout = timeout);
    }

    public ConnectionSettings withHealthCheckInterval(Duration interval) {
        return with(copy -> copy.healthCheckInterval = interval);
    }

    public ConnectionSettings withRetryAttempts(int attempts) {
        return with(copy -> copy.retryAttempts = attempts);
    }

    public ConnectionSettings withRetryDelay(Duration delay) {
        return with(copy -> copy.retryDelay = delay);
    }

    private ConnectionSettings with(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return copy.build();
    }

    /** One place that names every component, so that adding one does not touch every {@code with} method. */
    private static final class Copy {
        private Duration callTimeout;
        private Duration probeTimeout;
        private Duration healthCheckInterval;
        private int retryAttempts;
        private Duration retryDelay;

        Copy(ConnectionSettings from) {
            callTimeout = from.callTimeout;
            probeTimeout = from.probeTimeout;
            healthCheckInterval = from.healthCheckInterval;
            retryAttempts = from.retryAttempts;
            retryDelay = from.retryDelay;
        }

        ConnectionSettings build() {
            return new ConnectionSettings(callTimeout, probeTimeout, healthCheckInterval, retryAttempts, retryDelay);
        }
    }
}
