package dev.longshore.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DashboardSettingsTest {
    private static List<DashboardProblem> problems(DashboardSettings.Builder builder) {
        InvalidDashboardException thrown = catchThrowableOfType(InvalidDashboardException.class, () -> builder.build());
        assertThat(thrown).as("the settings are refused").isNotNull();
        return thrown.problems();
    }

    @Test
    void withoutSettingsItListensOnLoopbackPort8000() {
        DashboardSettings settings = DashboardSettings.standard();

        assertThat(settings.address().getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
        assertThat(settings.address().getPort()).isEqualTo(8000);
        assertThat(settings.credentials()).isEmpty();
        assertThat(settings.trustedHosts()).isEmpty();
    }

    @Test
    void everyProblemIsNamedAtOnce() {
        List<DashboardProblem> problems = problems(DashboardSettings.builder()
                .port(65_536)
                .bind("no such address.invalid")
                .user("a:b")
                .password("short")
                .trustedHost("https://dash.example.com")
                .trustedHost("*.example.com"));

        assertThat(problems)
                .containsExactly(
                        new DashboardProblem.PortOutOfRange(65_536),
                        new DashboardProblem.UnknownAddress("no such address.invalid"),
                        new DashboardProblem.InvalidUser(),
                        new DashboardProblem.WeakPassword(8),
                        new DashboardProblem.InvalidTrustedHost("https://dash.example.com"),
                        new DashboardProblem.InvalidTrustedHost("*.example.com"));
        assertThat(problems).allSatisfy(problem -> assertThat(problem.message()).doesNotContain("short"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
    void otherMachinesReachItOnlyWithCredentials(String address) {
        assertThat(problems(DashboardSettings.builder().bind(address)))
                .containsExactly(new DashboardProblem.CredentialsMissing(address));

        DashboardSettings guarded = DashboardSettings.builder()
                .bind(address)
                .user("operator")
                .password("correct horse")
                .build();
        assertThat(guarded.address().getAddress().isLoopbackAddress()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.8.8", "::1", "localhost"})
    void loopbackNeedsNone(String address) {
        assertThat(DashboardSettings.builder()
                        .bind(address)
                        .build()
                        .address()
                        .getAddress()
                        .isLoopbackAddress())
                .isTrue();
    }

    @Test
    void aUserNeedsAPasswordAndAPasswordAUser() {
        assertThat(problems(DashboardSettings.builder().user("operator")))
                .containsExactly(new DashboardProblem.PasswordMissing());
        assertThat(problems(DashboardSettings.builder().password("correct horse")))
                .containsExactly(new DashboardProblem.UserMissing());
        assertThat(problems(DashboardSettings.builder().bind("")))
                .containsExactly(new DashboardProblem.UnknownAddress(""));
    }

    @Test
    void thePasswordIsNotPrinted() {
        DashboardSettings settings = DashboardSettings.builder()
                .user("operator")
                .password("correct horse")
                .build();

        assertThat(settings.toString()).doesNotContain("horse").doesNotContain("operator");
    }
}
