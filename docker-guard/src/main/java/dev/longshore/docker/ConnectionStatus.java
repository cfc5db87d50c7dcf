package dev.longshore.docker;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of the connection to a daemon at one moment.
 *
 * @param since when it came into this state
 * @param counts of calls since the connection was opened
 * @param lastError what failed last, and when; kept after the recovery
 * @param lastSuccess when the daemon answered last
 * @param nextAttempt when the daemon is asked next at the latest, be it for a sign of life
 * @param apiVersion what was agreed on with the daemon; empty until it has been asked, and while it is away
 * @param classes the classes of calls that fail or are not tried, and why
 * @param clients the clients that have failed, by name, and how long each still has to wait
 */
public record ConnectionStatus(
        DockerEndpoint endpoint,
        ConnectionState state,
        Instant since,
        Counts counts,
        Optional<LastError> lastError,
        Optional<Instant> lastSuccess,
        Optional<Instant> nextAttempt,
        Optional<String> apiVersion,
        List<FailingClass> classes,
        Map<String, Waiting> clients) {

    public ConnectionStatus {
        classes = List.copyOf(classes);
        clients = Map.copyOf(clients);
    }

    /**
     * Counts of calls; each attempt of a call that is repeated counts, and so do probes.
     *
     * @param answered with whatever status
     * @param failed without a whole answer
     * @param refused not tried, because of the breaker or the rate limit
     * @param recoveries how often the daemon came back
     * @param unreachedInARow how often it could not be reached since its last answer
     */
    public record Counts(long answered, long failed, long refused, long recoveries, long unreachedInARow) {}

    /** What failed, and when. */
    public record LastError(DockerFailure failure, Instant at) {}

    /**
     * A class of calls in trouble.
     *
     * @param failuresInARow since its last success
     * @param refusedFor how long its calls are still not tried; zero while they are
     */
    public record FailingClass(CallClass kind, int failuresInARow, Duration refusedFor, DockerFailure cause) {}

    /**
     * A client after a failure.
     *
     * @param remaining until its next call is let through; zero if that may be now
     */
    public record Waiting(int failuresInARow, Duration remaining, DockerFailure cause) {}

    ConnectionStatus withClients(Map<String, Waiting> waiting) {
        return new ConnectionStatus(
                endpoint, state, since, counts, lastError, lastSuccess, nextAttempt, apiVersion, classes, waiting);
    }
}
