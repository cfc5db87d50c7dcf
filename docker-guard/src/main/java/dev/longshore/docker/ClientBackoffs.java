package dev.longshore.docker;

import dev.longshore.docker.ConnectionStatus.Waiting;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Who has failed, and how long each must wait: not at all after the first failure, then for a while that doubles up to a bound. The
 * wait is fixed when the failure happens, so it always ends; a success and the daemon's return end it early. Thread-safe.
 */
final class ClientBackoffs {
    /** Names come from outside: of more, the ones that failed longest ago are forgotten. */
    private static final int MOST_CLIENTS = 1_000;

    private final Backoff backoff;
    private final LongSupplier nanos;
    private final Map<String, Entry> failed = new LinkedHashMap<>();

    private record Entry(int failures, long until, DockerFailure cause) {}

    ClientBackoffs(ConnectionSettings.Clients settings, LongSupplier nanos) {
        this.backoff = new Backoff(settings.delay(), settings.longestDelay());
        this.nanos = nanos;
    }

    /** Why this client may not call now. */
    synchronized Optional<DockerFailure> refusal(String client, String operation) {
        Entry entry = failed.get(client);
        if (entry == null || entry.until - nanos.getAsLong() <= 0) {
            return Optional.empty();
        }
        return Optional.of(new DockerFailure.InBackoff(
                operation, "the client " + Text.quote(client), remaining(entry), entry.cause));
    }

    synchronized void succeeded(String client) {
        failed.remove(client);
    }

    /** Counts a failure that says something about the daemon; others are the request's own affair. */
    synchronized void failed(String client, DockerFailure failure) {
        if (!counts(failure)) {
            return;
        }
        Entry before = failed.remove(client);
        int failures = before == null ? 1 : before.failures + 1;
        Duration wait = failures == 1 ? Duration.ZERO : backoff.exactly(failures - 1);
        failed.put(client, new Entry(failures, nanos.getAsLong() + wait.toNanos(), failure));
        if (failed.size() > MOST_CLIENTS) {
            failed.remove(failed.keySet().iterator().next());
        }
    }

    private static boolean counts(DockerFailure failure) {
        return !(failure instanceof DockerFailure.NotNow)
                && (failure.retryable() || failure instanceof DockerFailure.Unknown);
    }

    synchronized void daemonIsBack() {
        failed.clear();
    }

    synchronized Map<String, Waiting> waiting() {
        Map<String, Waiting> waiting = new HashMap<>();
        failed.forEach(
                (client, entry) -> waiting.put(client, new Waiting(entry.failures, remaining(entry), entry.cause)));
        return waiting;
    }

    private Duration remaining(Entry entry) {
        return Duration.ofNanos(Math.max(0, entry.until - nanos.getAsLong()));
    }
}
