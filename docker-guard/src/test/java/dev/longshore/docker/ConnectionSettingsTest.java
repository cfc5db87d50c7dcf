package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectionSettingsTest {
    @Test
    void hasTheDefaultsTheDocumentationNames() {
        ConnectionSettings settings = ConnectionSettings.standard();

        assertThat(settings.callTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.probeTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.healthCheckInterval()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.retryAttempts()).isEqualTo(5);
        assertThat(settings.retryDelay()).isEqualTo(Duration.ofSeconds(1));
        assertThat(DockerSettings.of("o").connection()).isEqualTo(settings);
    }

    @Test
    void changesOneSettingAndKeepsTheOthers() {
        ConnectionSettings settings = ConnectionSettings.standard()
                .withCallTimeout(Duration.ofSeconds(1))
                .withProbeTimeout(Duration.ofSeconds(2))
                .withHealthCheckInterval(Duration.ofSeconds(3))
                .withRetryAttempts(4)
                .withRetryDelay(Duration.ofSeconds(5));

        assertThat(settings)
                .isEqualTo(new ConnectionSettings(
                        Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3), 4, Duration.ofSeconds(5)));
        assertThat(DockerSettings.of("o")
                        .withConnection(settings)
                        .withStopGrace(Duration.ZERO)
                        .connection())
                .isEqualTo(settings);
    }

    @Test
    void namesEverySettingThatIsWrong() {
        assertThatThrownBy(() -> new ConnectionSettings(
                        Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(31), 0, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "callTimeout", "probeTimeout", "healthCheckInterval", "retryAttempts", "retryDelay");
    }
}
