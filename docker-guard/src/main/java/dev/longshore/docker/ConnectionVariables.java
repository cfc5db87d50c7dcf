package dev.longshore.docker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@link ConnectionSettings} from variables; all that is wrong is said at once. */
final class ConnectionVariables {
    private static final String PREFIX = "LONGSHORE_DOCKER_";
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

    private final Map<String, String> environment;
    private final List<String> problems = new ArrayList<>();

    ConnectionVariables(Map<String, String> environment) {
        this.environment = environment;
    }

    ConnectionSettings read() {
        ConnectionSettings standard = ConnectionSettings.standard();
        Duration callTimeout = duration("TIMEOUT", standard.callTimeout());
        Duration probeTimeout = duration("PROBE_TIMEOUT", standard.probeTimeout());
        Duration healthInterval = duration("HEALTH_INTERVAL", standard.healthCheckInterval());
        Duration recoveryInterval = duration("RECOVERY_INTERVAL", standard.recoveryInterval());
        int attempts = count("RETRY_ATTEMPTS", standard.retry().attempts(), 100);
        Duration delay = duration("RETRY_DELAY", standard.retry().delay());
        int failures = count("BREAKER_FAILURES", standard.breaker().failures(), 1_000_000);
        Duration open = duration("BREAKER_OPEN", standard.breaker().open());
        int rate = count("RATE", standard.rate().perSecond(), 1_000_000);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
        return standard.withCallTimeout(callTimeout)
                .withProbeTimeout(probeTimeout)
                .withHealthCheckInterval(healthInterval)
                .withRecoveryInterval(recoveryInterval)
                .withRetry(new ConnectionSettings.Retry(
                        attempts, delay, standard.retry().longestDelay()))
                .withBreaker(new ConnectionSettings.Breaker(failures, open))
                .withRate(new ConnectionSettings.Rate(
                        rate, Math.min(1_000_000, 2 * rate), standard.rate().patience()));
    }

    private String value(String name) {
        return environment.getOrDefault(PREFIX + name, "").strip();
    }

    private Duration duration(String name, Duration standard) {
        String value = value(name);
        if (value.isEmpty()) {
            return standard;
        }
        Matcher matcher = DURATION.matcher(value);
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
            problems.add(PREFIX + name + " must be a duration such as 500ms, 30s or 5m, not " + Text.quote(value));
            return standard;
        }
        long number = Long.parseLong(matcher.group(1));
        Duration read = switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
        if (read.compareTo(Duration.ofDays(30)) > 0) {
            problems.add(PREFIX + name + " must be 30 days at most, not " + Text.quote(value));
            return standard;
        }
        return read;
    }

    private int count(String name, int standard, int most) {
        String value = value(name);
        if (value.isEmpty()) {
            return standard;
        }
        if (!value.matches("[1-9][0-9]{0,6}") || Integer.parseInt(value) > most) {
            problems.add(PREFIX + name + " must be 1 to " + most + ", not " + Text.quote(value));
            return standard;
        }
        return Integer.parseInt(value);
    }
}
