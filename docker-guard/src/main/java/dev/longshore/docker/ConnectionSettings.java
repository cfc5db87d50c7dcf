package dev.longshore.docker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How calls to the daemon are made, and made again. Immutable. Guards of one daemon share its state if these are the same.
 *
 * @param callTimeout deadline of a control call, its repetitions included, 30 s unless set
 * @param probeTimeout deadline of {@link GuardedDocker#ping} and of the health probe, 5 s unless set
 * @param healthCheckInterval how often the daemon is asked for a sign of life while nothing else is asked of it, 30 s unless set
 * @param recoveryInterval how often a daemon that is away is looked for, 1 s unless set. Over ssh this is the first wait only
 * @param retry how often a call that is safe to repeat is made
 * @param breaker when calls are no longer tried
 * @param rate how many calls are let through
 * @param clients how long a client waits after its failures
 */
public record ConnectionSettings(
        Duration callTimeout,
        Duration probeTimeout,
        Duration healthCheckInterval,
        Duration recoveryInterval,
        Retry retry,
        Breaker breaker,
        Rate rate,
        Clients clients) {

    /** What a failure that the daemon alone can end is waited for, when nothing says more. */
    static final Optional<Duration> SOON = Optional.of(Duration.ofSeconds(5));

    /**
     * How a call that is safe to repeat is repeated, within its deadline.
     *
     * @param attempts how often it is made in all, 5 unless set; 1 never repeats one
     * @param delay before the second attempt, doubled for each further one, 1 s unless set; a tenth is left to chance
     * @param longestDelay what the delay does not grow past, 30 s unless set
     */
    public record Retry(int attempts, Duration delay, Duration longestDelay) {}

    /**
     * When calls are no longer tried.
     *
     * @param failures how many in a row open it, 3 unless set
     * @param open how long a class of calls is not tried then, 60 s unless set; a daemon that is away is looked for all the while
     */
    public record Breaker(int failures, Duration open) {}

    /**
     * How many calls are let through.
     *
     * @param perSecond on the long run, 100 unless set
     * @param burst how many at once after a pause, 200 unless set
     * @param patience how long a call waits for its turn before it is refused, 1 s unless set
     */
    public record Rate(int perSecond, int burst, Duration patience) {}

    /**
     * How long a client of {@link GuardedDocker#forClient} waits. After its first failure it may try again at once.
     *
     * @param delay after the second failure in a row, doubled for each further one, 5 s unless set
     * @param longestDelay what the delay does not grow past, 300 s unless set
     */
    public record Clients(Duration delay, Duration longestDelay) {}

    public ConnectionSettings {
        List<String> problems = new ArrayList<>();
        DockerSettings.checkWait(problems, "callTimeout", callTimeout);
        DockerSettings.checkWait(problems, "probeTimeout", probeTimeout);
        DockerSettings.checkWait(problems, "healthCheckInterval", healthCheckInterval);
        DockerSettings.checkWait(problems, "recoveryInterval", recoveryInterval);
        checkCount(problems, "retry.attempts", retry.attempts(), 100);
        DockerSettings.checkWait(problems, "retry.delay", retry.delay());
        DockerSettings.checkWait(problems, "retry.longestDelay", retry.longestDelay());
        checkCount(problems, "breaker.failures", breaker.failures(), 1_000_000);
        DockerSettings.checkWait(problems, "breaker.open", breaker.open());
        checkCount(problems, "rate.perSecond", rate.perSecond(), 1_000_000);
        checkCount(problems, "rate.burst", rate.burst(), 1_000_000);
        DockerSettings.checkWait(problems, "rate.patience", rate.patience());
        DockerSettings.checkWait(problems, "clients.delay", clients.delay());
        DockerSettings.checkWait(problems, "clients.longestDelay", clients.longestDelay());
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    private static void checkCount(List<String> problems, String what, int count, int most) {
        if (count < 1 || count > most) {
            problems.add(what + " must be 1 to " + most + ": " + count);
        }
    }

    public static ConnectionSettings standard() {
        return new ConnectionSettings(
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(1),
                new Retry(5, Duration.ofSeconds(1), Duration.ofSeconds(30)),
                new Breaker(3, Duration.ofSeconds(60)),
                new Rate(100, 200, Duration.ofSeconds(1)),
                new Clients(Duration.ofSeconds(5), Duration.ofSeconds(300)));
    }

    /**
     * The standard settings, but for what these variables say: those of the names that docs/docker.md lists.
     *
     * @throws IllegalArgumentException naming every variable that cannot be read
     */
    public static ConnectionSettings of(Map<String, String> environment) {
        return new ConnectionVariables(environment).read();
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

    public ConnectionSettings withRecoveryInterval(Duration interval) {
        return with(copy -> copy.recoveryInterval = interval);
    }

    public ConnectionSettings withRetry(Retry settings) {
        return with(copy -> copy.retry = settings);
    }

    public ConnectionSettings withBreaker(Breaker settings) {
        return with(copy -> copy.breaker = settings);
    }

    public ConnectionSettings withRate(Rate settings) {
        return with(copy -> copy.rate = settings);
    }

    public ConnectionSettings withClients(Clients settings) {
        return with(copy -> copy.clients = settings);
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
        private Duration recoveryInterval;
        private Retry retry;
        private Breaker breaker;
        private Rate rate;
        private Clients clients;

        Copy(ConnectionSettings from) {
            callTimeout = from.callTimeout;
            probeTimeout = from.probeTimeout;
            healthCheckInterval = from.healthCheckInterval;
            recoveryInterval = from.recoveryInterval;
            retry = from.retry;
            breaker = from.breaker;
            rate = from.rate;
            clients = from.clients;
        }

        ConnectionSettings build() {
            return new ConnectionSettings(
                    callTimeout, probeTimeout, healthCheckInterval, recoveryInterval, retry, breaker, rate, clients);
        }
    }
}
