package dev.longshore.docker;

import static dev.longshore.docker.TestDaemon.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Fills the disk of a private daemon: the guard says so, with the fix, and works again once there is room. */
@Tag("docker")
@Tag("dockerd")
@Tag("slow")
class DaemonDiskFullDockerTest {
    private PrivateDaemon daemon;
    private Path data;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        assumeTrue(ProcessIdentity.current().uid() == 0, "only root can start a private daemon on a disk of its own");
        Path directory = Files.createTempDirectory("longshore-dockerd-");
        data = Files.createDirectory(directory.resolve("data"));
        int mounted = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", data.toString())
                .inheritIO()
                .start()
                .waitFor();
        assertThat(mounted).isZero();
        daemon = new PrivateDaemon(directory);
        try (TestDaemon source = new TestDaemon("copy")) {
            source.copyImageTo(daemon);
        }
    }

    @AfterEach
    void stop() throws Exception {
        if (daemon != null) {
            daemon.stop();
        }
    }

    @Test
    void saysThatTheDiskIsFullAndWorksAgainOnceItIsNot() throws Exception {
        try (GuardedDocker guard = GuardedDocker.open(daemon.settings())) {
            assertThat(run(guard)).isInstanceOf(ContainerExit.Exited.class);
            Path filler = fill();

            assertThatThrownBy(() -> run(guard)).isInstanceOfSatisfying(DockerFailureException.class, e -> {
                assertThat(e.failure()).isInstanceOf(DockerFailure.DaemonError.class);
                assertThat(e.failure().message()).contains("no space left on device");
                assertThat(e.failure().fix()).contains("docker system df");
                assertThat(e.failure().retryable()).isTrue();
                assertThat(e.failure().publicMessage()).doesNotContain(data.toString());
            });

            Files.delete(filler);
            assertThat(run(guard)).isInstanceOf(ContainerExit.Exited.class);
            assertThat(guard.removeLeftovers(daemon.settings().owner())).isEmpty();
        }
    }

    private static ContainerExit run(GuardedDocker guard) throws InterruptedException {
        return guard.run(shell("true").deadline(Duration.ofSeconds(20)).build(), ContainerListener.NONE);
    }

    /** A file that takes all the room there is. */
    private Path fill() throws IOException {
        Path filler = data.resolve("filler");
        byte[] block = new byte[1 << 12];
        try (OutputStream out = Files.newOutputStream(filler)) {
            for (int i = 0; i < 96 << 8; i++) {
                out.write(block);
            }
            throw new AssertionError("the disk is larger than it was made");
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
        return filler;
    }
}
