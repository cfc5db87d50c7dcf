package dev.longshore.docker;

import static dev.longshore.docker.TestDaemon.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With a stand-in for the ssh program that does on this host what it is asked to do on another. */
@Tag("docker")
@Timeout(120)
class SshDockerTest {
    @TempDir
    Path directory;

    private Path program;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void prepare() throws IOException {
        program = directory.resolve("ssh");
        environment.put("PATH", directory + ":" + System.getenv("PATH"));
        environment.put("HOME", directory.toString());
        try (GuardedDocker local = GuardedDocker.open(DockerSettings.of("ssh-test"))) {
            environment.put("DOCKER_HOST", local.endpoint().address().toString());
        }
        does("printf '%s\\n' \"$*\" >>\"$HOME/words\"; while [ \"$1\" != -- ]; do shift; done; shift 2; exec \"$@\"");
    }

    private void does(String script) throws IOException {
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }

    private GuardedDocker open() {
        return GuardedDocker.open(DockerSettings.of("ssh-test")
                .withEnvironment(environment, directory)
                .withStopGrace(Duration.ofSeconds(1))
                .withDockerHost("ssh://me@far.example:2222"));
    }

    @Test
    void runsAContainerAndLeavesNoProgram() throws Exception {
        Leaks before = Leaks.now();
        try (GuardedDocker guard = open()) {
            RecordingListener output = new RecordingListener();
            assertThat(guard.run(shell("echo over ssh; exit 6").build(), output))
                    .isInstanceOfSatisfying(
                            ContainerExit.Exited.class,
                            exit -> assertThat(exit.code()).isEqualTo(6));
            assertThat(output.stdout).containsExactly("over ssh");
            assertThat(guard.run(
                            shell("sleep 600").deadline(Duration.ofSeconds(2)).build(), ContainerListener.NONE))
                    .isInstanceOf(ContainerExit.DeadlineExceeded.class);
            assertThat(guard.removeLeftovers(Owner.of("ssh-test"))).isEmpty();
        }
        assertThat(Files.readAllLines(directory.resolve("words")))
                .allMatch(words -> words.startsWith("-T -x -a -o BatchMode=yes")
                        && words.endsWith("-l me -p 2222 -- far.example docker system dial-stdio"));
        Leaks.assertReleased(before);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            255 | ssh: connect to host far.example port 2222: Connection refused | DOCKER_UNAVAILABLE       | true
            255 | me@far.example: Permission denied (publickey).                | DOCKER_ENDPOINT_UNUSABLE | false
            255 | Host key verification failed.                                 | DOCKER_ENDPOINT_UNUSABLE | false
            127 | sh: 1: docker: not found                                      | DOCKER_ENDPOINT_UNUSABLE | false
            1   | permission denied while trying to connect to the Docker daemon socket | DOCKER_ENDPOINT_UNUSABLE | false
            1   | Cannot connect to the Docker daemon. Is the docker daemon running?    | DOCKER_UNAVAILABLE       | true
            """)
    void whatSshSaysIsTheFailure(int status, String words, String code, boolean retryable) throws IOException {
        does("echo '" + words + "' >&2; exit " + status);
        try (GuardedDocker guard = open()) {
            assertThatThrownBy(guard::ping).isInstanceOfSatisfying(DockerFailureException.class, e -> {
                assertThat(e.failure().code()).isEqualTo(code);
                assertThat(e.failure().retryable()).isEqualTo(retryable);
                assertThat(e.failure().message()).contains(words.substring(0, 20));
            });
        }
    }

    @Test
    void hungSshIsATimeoutAndIsEnded() throws Exception {
        Leaks before = Leaks.now();
        does("exec sleep 600");
        try (GuardedDocker guard = GuardedDocker.open(DockerSettings.of("ssh-test")
                .withEnvironment(environment, directory)
                .withProbeTimeout(Duration.ofMillis(500))
                .withDockerHost("ssh://far.example"))) {
            assertThatThrownBy(guard::ping)
                    .isInstanceOfSatisfying(
                            DockerFailureException.class,
                            e -> assertThat(e.failure()).isInstanceOf(DockerFailure.Timeout.class));
        }
        Leaks.assertReleased(before);
    }

    @Test
    void connectionComesBackWithTheOtherHost() throws Exception {
        does("echo 'ssh: connect to host far.example port 22: Connection refused' >&2; exit 255");
        try (GuardedDocker guard = open()) {
            assertThat(guard.awaitConnected(Duration.ofMillis(500))).isFalse();
            assertThat(guard.status().state().reachable()).isFalse();
            prepare();
            assertThat(guard.awaitConnected(Duration.ofSeconds(20))).isTrue();
        }
    }

    @Test
    void withoutTheProgramItSaysSo() {
        GuardedDocker guard = GuardedDocker.open(DockerSettings.of("ssh-test")
                .withEnvironment(Map.of("PATH", "/nowhere"), directory)
                .withDockerHost("ssh://far.example"));
        assertThatThrownBy(guard::ping)
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure().fix()).contains("OpenSSH"));
        assertThat(List.of(guard.status().state())).containsExactly(ConnectionState.UNTRIED);
        guard.close();
    }
}
