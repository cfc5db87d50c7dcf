package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.docker.testing.Answers;
import dev.longshore.docker.testing.FakeDaemon;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PodmanWordsTest {
    private static final String PODMAN = "{\"Version\":\"4.3.1\",\"ApiVersion\":\"1.41\",\"MinAPIVersion\":\"1.24\","
            + "\"Components\":[{\"Name\":\"Podman Engine\"}]}";

    @TempDir
    Path directory;

    /** Told in Docker's words, Podman would have the steps of a build in the host's network. */
    @Test
    void whatComesBackInDockersPlaceIsSpokenToInItsOwnWords() throws Exception {
        try (FakeDaemon daemon = new FakeDaemon(directory.resolve("docker.sock"))) {
            DockerSettings settings = daemon.settings(directory).withCallTimeout(Duration.ofSeconds(2));
            DockerEndpoint endpoint;
            try (GuardedDocker guard = GuardedDocker.open(settings)) {
                endpoint = guard.endpoint();
            }
            try (DaemonConnection connection = new DaemonConnection(settings, endpoint, CallObserver.NONE)) {
                assertThat(PodmanWords.buildNetwork(connection, false)).isEqualTo("networkmode=none");

                daemon.stop();
                assertThatThrownBy(() -> connection.unversioned("ping", "/_ping", Duration.ofSeconds(2)))
                        .isInstanceOf(DockerFailureException.class);
                daemon.on("GET /version", Answers.json(200, PODMAN)).start();

                assertThat(PodmanWords.buildNetwork(connection, false)).isEqualTo("networkmode=NetworkDisabled");
            }
        }
    }
}
