package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiVersionTest {
    private static ApiVersion version(String text) {
        return ApiVersion.parse(text).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "1.12,1.41,1.41",
        "1.24,1.47,1.47",
        "1.44,1.52,1.52",
        "1.44,1.60,1.52",
        "1.12,1.32,1.32",
        "1.52,2.0,1.52"
    })
    void newestThatBothSpeakIsTaken(String oldest, String newest, String agreed) {
        assertThat(ApiVersion.negotiate(version(oldest), version(newest))).isEqualTo(version(agreed));
    }

    @Test
    void tooOldAndTooNewAreToldApart() {
        assertThatThrownBy(() -> ApiVersion.negotiate(version("1.12"), version("1.23")))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure()).isEqualTo(new DockerFailure.ApiTooOld("1.23", "1.24")));
        assertThatThrownBy(() -> ApiVersion.negotiate(version("1.53"), version("1.60")))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure()).isEqualTo(new DockerFailure.ApiTooNew("1.53", "1.52")));
    }

    @Test
    void comparedByNumber() {
        assertThat(version("1.9")).isLessThan(version("1.41"));
        assertThat(version("1.100")).isLessThan(version("2.0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1.", ".41", "v1.41", "1.41.0", "1.x", "-1.4", "1.99999"})
    void otherFormsAreNoVersion(String text) {
        assertThat(ApiVersion.parse(text)).isEmpty();
    }
}
