package dev.longshore.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.dashboard.DashboardSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DashboardInputTest {
    @TempDir
    Path directory;

    private static DashboardSettings settings(
            String bind, @Nullable String user, @Nullable Path file, Map<String, String> environment) {
        return new DashboardInput(bind, 0, user, file, List.of("dash.example.com")).settings(environment);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("password"), text);
    }

    @Test
    void theFirstLineOfTheFileIsThePassword() throws Exception {
        assertThat(settings("0.0.0.0", "operator", file("correct horse\nnot this\n"), Map.of())
                        .trustedHosts())
                .containsExactly("dash.example.com");
        assertThatThrownBy(() -> settings("0.0.0.0", "operator", file("short\nlong enough by far\n"), Map.of()))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("at least 8 characters");
    }

    @Test
    void theEnvironmentGivesWhatTheCommandLineDoesNot() throws Exception {
        Map<String, String> environment = Map.of(
                "LONGSHORE_DASHBOARD_USER", "operator",
                "LONGSHORE_DASHBOARD_PASSWORD", "correct horse");
        Map<String, String> withFile = Map.of(
                "LONGSHORE_DASHBOARD_USER", "operator",
                "LONGSHORE_DASHBOARD_PASSWORD", "short",
                "LONGSHORE_DASHBOARD_PASSWORD_FILE", file("correct horse").toString());

        assertThat(settings("0.0.0.0", null, null, environment).toString()).contains("credentials=set");
        assertThat(settings("0.0.0.0", null, null, withFile).toString()).contains("credentials=set");
        assertThat(settings("127.0.0.1", null, null, Map.of("LONGSHORE_DASHBOARD_USER", ""))
                        .toString())
                .as("an empty variable is none")
                .contains("credentials=none");
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnceAndNothingTwice() {
        DashboardInput input = new DashboardInput(
                "0.0.0.0", 70_000, "operator", directory.resolve("none"), List.of("http://dash.example.com"));

        assertThatThrownBy(() -> input.settings(Map.of()))
                .isInstanceOfSatisfying(
                        BadInputException.class,
                        e -> assertThat(String.valueOf(e.getMessage()).lines())
                                .hasSize(3)
                                .anyMatch(line -> line.contains("password file"))
                                .anyMatch(line -> line.contains("70000"))
                                .anyMatch(line -> line.contains("http://dash.example.com")));
    }

    private static Optional<DashboardSettings> worker(String... arguments) {
        WorkerDashboardOptions options = new WorkerDashboardOptions();
        CommandLine line = new CommandLine(CommandLine.Model.CommandSpec.create()
                .addMixin("dashboard", CommandLine.Model.CommandSpec.forAnnotatedObject(options)));
        line.parseArgs(arguments);
        return options.settings();
    }

    @Test
    void aWorkerServesADashboardWhereItIsToldTo() {
        assertThat(worker()).isEmpty();
        assertThat(worker("--dashboard").orElseThrow().address().toString()).isEqualTo("/127.0.0.1:8000");
        assertThat(worker("--dashboard=9000").orElseThrow().address().toString())
                .isEqualTo("/127.0.0.1:9000");
        assertThat(worker("--dashboard=::1:0").orElseThrow().address().getPort())
                .isZero();
        assertThatThrownBy(() -> worker("--dashboard=0.0.0.0:9000"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("needs a user and a password");
        assertThatThrownBy(() -> worker("--dashboard=here")).isInstanceOf(BadInputException.class);
        assertThatThrownBy(() -> worker("--dashboard-user=operator")).isInstanceOf(BadInputException.class);
    }
}
