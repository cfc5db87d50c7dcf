package dev.longshore.docker;

import static dev.longshore.docker.TestDaemon.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("docker")
@Tag("engines")
class ContainerRunDockerTest {
    private static TestDaemon daemon;

    @BeforeAll
    static void connect() throws InterruptedException {
        daemon = new TestDaemon("run-test-" + ProcessHandle.current().pid());
    }

    @AfterAll
    static void close() {
        daemon.close();
    }

    @AfterEach
    void nothingIsLeft() throws InterruptedException {
        daemon.assertNothingLeft();
    }

    @Test
    void daemonTellsWhoItIs() throws InterruptedException {
        DaemonInfo info = daemon.guard.connect();

        assertThat(info.os()).isEqualTo("linux");
        assertThat(info.seccomp()).isTrue();
        assertThat(info.engineVersion()).matches("\\d+\\..*");
        assertThat(ApiVersion.parse(info.apiVersion())).isPresent();
        assertThat(info.cgroupVersion()).isIn(1, 2);
        assertThat(info.rootDirectory()).startsWith("/");
        assertThat(daemon.guard.ping()).isPositive();
    }

    @Test
    void imageIsFoundOrMissing() throws InterruptedException {
        assertThat(daemon.guard.image(TestDaemon.IMAGE).id()).startsWith("sha256:");
        assertThatThrownBy(() -> daemon.guard.image("longshore.invalid/none:1"))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure())
                                .isEqualTo(new DockerFailure.ImageMissing("longshore.invalid/none:1")));
        assertThatThrownBy(() -> daemon.guard.run(
                        ContainerRequest.builder("longshore.invalid/none:1", "r", "s")
                                .build(),
                        ContainerListener.NONE))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure().code()).isEqualTo("DOCKER_IMAGE_MISSING"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 125, 126, 127, 137, 255})
    void exitCodeIsPassedOn(int code) throws InterruptedException {
        RecordingListener listener = new RecordingListener();

        ContainerExit exit =
                daemon.guard.run(shell("echo out; echo err >&2; exit " + code).build(), listener);

        assertThat(exit)
                .isInstanceOfSatisfying(
                        ContainerExit.Exited.class, e -> assertThat(e.code()).isEqualTo(code));
        assertThat(listener.stdout).containsExactly("out");
        assertThat(listener.stderr).containsExactly("err");
        assertThat(exit.summary().stderrTail()).containsExactly("err");
        assertThat(exit.summary().left()).isEmpty();
        assertThat(exit.summary().duration()).isPositive();
    }

    @Test
    void commandThatIsNotThereIsExitCode127() throws InterruptedException {
        // Podman's init has none of its own for it, and does not name the command.
        int code = daemon.podman() ? 1 : 127;
        String word = daemon.podman() ? "No such file" : "/no/such/program";
        ContainerExit exit = daemon.guard.run(
                ContainerRequest.builder(TestDaemon.IMAGE, "r", "s")
                        .entrypoint("/no/such/program")
                        .build(),
                ContainerListener.NONE);

        assertThat(exit)
                .isInstanceOfSatisfying(
                        ContainerExit.Exited.class, e -> assertThat(e.code()).isEqualTo(code));
        assertThat(exit.summary().stderrTail()).anyMatch(line -> line.contains(word));
    }

    @Test
    void containerThatCannotBeStartedIsADaemonErrorAndIsRemoved(@TempDir Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> daemon.guard.run(
                        shell("exit 0")
                                .mount(new Mount.ReadOnlyBind(file, "/bin"))
                                .build(),
                        ContainerListener.NONE))
                .isInstanceOfSatisfying(DockerFailureException.class, e -> {
                    assertThat(e.failure()).isInstanceOf(DockerFailure.DaemonError.class);
                    assertThat(e.failure().message()).contains("start");
                    assertThat(e).hasNoSuppressedExceptions();
                });
    }

    @Test
    void deadlineEndsIt() throws InterruptedException {
        long begin = System.nanoTime();

        ContainerExit exit = daemon.guard.run(
                shell("while :; do echo tick; sleep 0.1; done")
                        .deadline(Duration.ofSeconds(1))
                        .inactivityTimeout(Duration.ofMinutes(4))
                        .build(),
                ContainerListener.NONE);

        assertThat(exit).isInstanceOf(ContainerExit.DeadlineExceeded.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void silenceEndsItThoughNothingWasEverWritten() throws InterruptedException {
        ContainerExit exit = daemon.guard.run(
                shell("sleep 250").inactivityTimeout(Duration.ofSeconds(1)).build(), ContainerListener.NONE);

        assertThat(exit).isInstanceOf(ContainerExit.Inactive.class);
        assertThat(exit.summary().duration()).isBetween(Duration.ofMillis(900), Duration.ofMinutes(1));
    }

    @Test
    void anyByteOnEitherStreamCountsAsActivity() throws InterruptedException {
        ContainerExit exit = daemon.guard.run(
                shell("for i in 1 2 3 4 5 6; do sleep 0.4; printf x >&2; sleep 0.4; printf y; done")
                        .inactivityTimeout(Duration.ofMillis(1500))
                        .build(),
                ContainerListener.NONE);

        assertThat(exit).isInstanceOf(ContainerExit.Exited.class);
    }

    @Test
    void ignoredSigtermIsFollowedBySigkill() throws InterruptedException {
        ContainerExit exit = daemon.guard.run(
                shell("trap '' TERM; while :; do sleep 1; done")
                        .deadline(Duration.ofSeconds(1))
                        .build(),
                ContainerListener.NONE);

        assertThat(exit).isInstanceOf(ContainerExit.DeadlineExceeded.class);
        assertThat(exit.summary().left()).isEmpty();
    }

    @Test
    void sigtermIsPassedOnAndItsLastWordsAreHeard() throws InterruptedException {
        RecordingListener listener = new RecordingListener();

        daemon.guard.run(
                shell("trap 'echo bye; exit 0' TERM; while :; do sleep 0.05; done")
                        .deadline(Duration.ofSeconds(1))
                        .build(),
                listener);

        assertThat(listener.stdout).containsExactly("bye");
    }

    @Test
    void outOfMemoryIsToldApart() throws InterruptedException {
        ContainerExit exit = daemon.guard.run(
                shell("x=a; while :; do x=$x$x; done")
                        .limits(Limits.DEFAULT.withMemoryBytes(16L << 20))
                        .build(),
                ContainerListener.NONE);

        daemon.assertOutOfMemory(exit, 16L << 20);
    }

    @Test
    void forkBombStaysWithinItsProcesses() throws InterruptedException {
        RecordingListener listener = new RecordingListener();

        ContainerExit exit = daemon.guard.run(
                shell("i=0; while [ $i -lt 60 ]; do sleep 20 & i=$((i+1)); done; wait")
                        .limits(Limits.DEFAULT.withMemoryBytes(64L << 20).withPids(16))
                        .deadline(Duration.ofSeconds(10))
                        .build(),
                listener);

        assertThat(exit)
                .isInstanceOfSatisfying(
                        ContainerExit.Exited.class, e -> assertThat(e.code()).isNotZero());
        assertThat(listener.stderr).anyMatch(line -> line.contains("fork"));
    }

    @Test
    void listenerThatThrowsEndsIt() {
        IllegalStateException thrown = new IllegalStateException("enough");

        assertThatThrownBy(
                        () -> daemon.guard.run(shell("while :; do echo x; done").build(), new ContainerListener() {
                            @Override
                            public void stdout(String line) {
                                throw thrown;
                            }
                        }))
                .isSameAs(thrown);
        assertThatThrownBy(() -> daemon.guard.run(shell("sleep 20").build(), new ContainerListener() {
                    @Override
                    public void started(String container) {
                        throw thrown;
                    }
                }))
                .isSameAs(thrown);
    }

    @Test
    void listenerThatThrowsOnTheVeryLastLineIsHeard() {
        IllegalStateException thrown = new IllegalStateException("the last line");

        assertThatThrownBy(() -> daemon.guard.run(shell("printf last").build(), new ContainerListener() {
                    @Override
                    public void stdout(String line) {
                        throw thrown;
                    }
                }))
                .isSameAs(thrown);
    }
}
