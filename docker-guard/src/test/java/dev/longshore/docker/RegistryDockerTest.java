package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.transport.DockerHttpClient.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls from a real registry on the loopback, which daemons take without TLS. */
@Tag("docker")
@Tag("engines")
class RegistryDockerTest {
    private static final Duration START = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private TestDaemon daemon;
    private Process registry;
    private int port;
    private String reference;

    @BeforeEach
    void start() throws Exception {
        Path program = Stream.of(System.getenv("PATH").split(":", -1))
                .map(place -> Path.of(place, "docker-registry"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        // Debian has it as a package, which ./verify installs; other systems have none, and the daemon may be another
        // host's.
        assumeTrue(program != null, "there is no docker-registry on the PATH");
        daemon = new TestDaemon("registry-test-" + ProcessHandle.current().pid());
        assumeFalse(
                daemon.podman(), "Podman takes a registry without TLS only where its host's registries.conf names it");
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path config =
                Files.writeString(directory.resolve("config.yml"), """
                version: 0.1
                log: {level: error}
                storage: {filesystem: {rootdirectory: "%s"}}
                http: {addr: "127.0.0.1:%d"}
                """.formatted(directory.resolve("data"), port));
        registry = new ProcessBuilder(program.toString(), "serve", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        assertThat(Waiting.until(START, this::answers)).isTrue();
        reference = "127.0.0.1:" + port + "/team/tool:1";
        push();
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private void push() throws InterruptedException {
        String name = "127.0.0.1:" + port + "/team/tool";
        daemon.tryCall(Call.post(
                "tag",
                "/images/" + TestDaemon.IMAGE + "/tag?repo=" + DaemonStreams.encode(name) + "&tag=1",
                null,
                START));
        String answer = new String(
                daemon.stream(
                        Call.post("push", "/images/" + name + "/push?tag=1", null, START),
                        Request.builder().putHeader("X-Registry-Auth", "e30=")),
                StandardCharsets.UTF_8);
        assertThat(answer).contains("digest").doesNotContain("errorDetail");
        remove();
    }

    private void remove() throws InterruptedException {
        daemon.tryCall(Call.delete("remove", "/images/" + reference, START));
    }

    @AfterEach
    void stop() throws Exception {
        if (registry != null) {
            remove();
            registry.destroy();
            assertThat(registry.waitFor(20, TimeUnit.SECONDS)).isTrue();
            daemon.close();
        }
    }

    @Test
    void imageIsPulledRunAndPulledNoMore() throws Exception {
        List<PullProgress> progress = new CopyOnWriteArrayList<>();

        ImageInfo image = daemon.guard.image(reference, PullPolicy.MISSING, progress::add);

        assertThat(image.digests()).anyMatch(digest -> digest.startsWith("127.0.0.1:" + port + "/team/tool@sha256:"));
        assertThat(progress).isNotEmpty();
        ContainerExit exit = daemon.guard.run(
                ContainerRequest.builder(reference, "run", "step")
                        .command("true")
                        .build(),
                ContainerListener.NONE);
        assertThat(exit)
                .isInstanceOfSatisfying(
                        ContainerExit.Exited.class, e -> assertThat(e.code()).isZero());
        progress.clear();
        daemon.guard.image(reference, PullPolicy.MISSING, progress::add);
        assertThat(progress).isEmpty();
        // By its digest too.
        String digest = image.digests().stream()
                .filter(one -> one.contains(":" + port + "/"))
                .findFirst()
                .orElseThrow();
        remove();
        assertThat(daemon.guard.image(digest, PullPolicy.MISSING, progress::add).id())
                .isEqualTo(image.id());
        daemon.tryCall(Call.delete("remove", "/images/" + digest, START));
    }

    @Test
    void whatTheRegistryLacksIsSaidOnce() {
        String lacking = "127.0.0.1:" + port + "/team/other:9";

        assertThatThrownBy(() -> daemon.guard.image(lacking, PullPolicy.MISSING, step -> {}))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure())
                                .isInstanceOfSatisfying(
                                        DockerFailure.ImagePullFailed.class,
                                        failed -> assertThat(failed.retryable()).isFalse()));
    }

    @Test
    void registryThatIsAwayMayComeBack() throws Exception {
        registry.destroy();
        assertThat(registry.waitFor(20, TimeUnit.SECONDS)).isTrue();

        assertThatThrownBy(() -> daemon.guard.image(reference, PullPolicy.ALWAYS, step -> {}))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure())
                                .isInstanceOfSatisfying(
                                        DockerFailure.ImagePullFailed.class,
                                        failed -> assertThat(failed.retryable()).isTrue()));
    }
}
