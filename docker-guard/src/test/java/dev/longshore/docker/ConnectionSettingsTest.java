package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.docker.ConnectionSettings.Breaker;
import dev.longshore.docker.ConnectionSettings.Clients;
import dev.longshore.docker.ConnectionSettings.Rate;
import dev.longshore.docker.ConnectionSettings.Retry;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConnectionSettingsTest {
    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }

    @Test
    void hasTheDefaultsTheDocumentationNames() {
        ConnectionSettings settings = ConnectionSettings.standard();

        assertThat(settings.callTimeout()).isEqualTo(seconds(30));
        assertThat(settings.probeTimeout()).isEqualTo(seconds(5));
        assertThat(settings.healthCheckInterval()).isEqualTo(seconds(30));
        assertThat(settings.recoveryInterval()).isEqualTo(seconds(1));
        assertThat(settings.retry()).isEqualTo(new Retry(5, seconds(1), seconds(30)));
        assertThat(settings.breaker()).isEqualTo(new Breaker(3, seconds(60)));
        assertThat(settings.rate()).isEqualTo(new Rate(100, 200, seconds(1)));
        assertThat(settings.clients()).isEqualTo(new Clients(seconds(5), seconds(300)));
        assertThat(DockerSettings.of("o").connection()).isEqualTo(settings);
    }

    @Test
    void changesOneSettingAndKeepsTheOthers() {
        ConnectionSettings settings = ConnectionSettings.standard()
                .withCallTimeout(seconds(1))
                .withProbeTimeout(seconds(2))
                .withHealthCheckInterval(seconds(3))
                .withRecoveryInterval(seconds(4))
                .withRetry(new Retry(5, seconds(6), seconds(7)))
                .withBreaker(new Breaker(8, seconds(9)))
                .withRate(new Rate(10, 11, seconds(12)))
                .withClients(new Clients(seconds(13), seconds(14)));

        assertThat(settings)
                .isEqualTo(new ConnectionSettings(
                        seconds(1),
                        seconds(2),
                        seconds(3),
                        seconds(4),
                        new Retry(5, seconds(6), seconds(7)),
                        new Breaker(8, seconds(9)),
                        new Rate(10, 11, seconds(12)),
                        new Clients(seconds(13), seconds(14))));
        assertThat(DockerSettings.of("o")
                        .withConnection(settings)
                        .withStopGrace(Duration.ZERO)
                        .connection())
                .isEqualTo(settings);
    }

    @Test
    void namesEverySettingThatIsWrong() {
        assertThatThrownBy(() -> new ConnectionSettings(
                        Duration.ZERO,
                        seconds(-1),
                        Duration.ofDays(31),
                        Duration.ZERO,
                        new Retry(0, Duration.ZERO, Duration.ZERO),
                        new Breaker(0, Duration.ZERO),
                        new Rate(0, 0, Duration.ZERO),
                        new Clients(Duration.ZERO, Duration.ZERO)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "callTimeout",
                        "probeTimeout",
                        "healthCheckInterval",
                        "recoveryInterval",
                        "retry.attempts",
                        "retry.delay",
                        "retry.longestDelay",
                        "breaker.failures",
                        "breaker.open",
                        "rate.perSecond",
                        "rate.burst",
                        "rate.patience",
                        "clients.delay",
                        "clients.longestDelay");
    }

    @Test
    void readsEachSettingFromItsVariable() {
        Map<String, String> environment = Map.of(
                "LONGSHORE_DOCKER_TIMEOUT", "1m",
                "LONGSHORE_DOCKER_PROBE_TIMEOUT", "500ms",
                "LONGSHORE_DOCKER_HEALTH_INTERVAL", "10s",
                "LONGSHORE_DOCKER_RECOVERY_INTERVAL", "2s",
                "LONGSHORE_DOCKER_RETRY_ATTEMPTS", "7",
                "LONGSHORE_DOCKER_RETRY_DELAY", "3s",
                "LONGSHORE_DOCKER_BREAKER_FAILURES", "4",
                "LONGSHORE_DOCKER_BREAKER_OPEN", "1h",
                "LONGSHORE_DOCKER_RATE", "50");

        assertThat(ConnectionSettings.of(environment))
                .isEqualTo(new ConnectionSettings(
                        seconds(60),
                        Duration.ofMillis(500),
                        seconds(10),
                        seconds(2),
                        new Retry(7, seconds(3), seconds(30)),
                        new Breaker(4, seconds(3600)),
                        new Rate(50, 100, seconds(1)),
                        ConnectionSettings.standard().clients()));
        assertThat(ConnectionSettings.of(Map.of())).isEqualTo(ConnectionSettings.standard());
    }

    @Test
    void namesEveryVariableThatIsWrong() {
        assertThatThrownBy(() -> ConnectionSettings.of(Map.of(
                        "LONGSHORE_DOCKER_TIMEOUT", "soon",
                        "LONGSHORE_DOCKER_PROBE_TIMEOUT", "0s",
                        "LONGSHORE_DOCKER_BREAKER_OPEN", "721h",
                        "LONGSHORE_DOCKER_RETRY_ATTEMPTS", "101",
                        "LONGSHORE_DOCKER_RATE", "-1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("TIMEOUT", "PROBE_TIMEOUT", "BREAKER_OPEN", "RETRY_ATTEMPTS", "RATE", "500ms");
    }
}
