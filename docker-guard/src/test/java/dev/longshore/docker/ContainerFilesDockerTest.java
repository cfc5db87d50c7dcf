package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files into a container's volume and out of it, past a container that is trusted with nothing. */
@Tag("docker")
@Tag("engines")
class ContainerFilesDockerTest {
    private static final String PODMAN_COPIES =
            "Podman makes the directory that is copied into, in a read-only root too: it is the container that may not write there";
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private TestDaemon daemon;
    private String name;
    private Path in;
    private Path out;

    @BeforeEach
    void make() throws Exception {
        daemon = new TestDaemon("files-test-" + ProcessHandle.current().pid());
        name = Containers.PREFIX + "files-" + ProcessHandle.current().pid();
        in = Files.createDirectory(directory.resolve("in"));
        out = Files.createDirectory(directory.resolve("out"));
        ObjectNode volume = DaemonConnection.JSON.createObjectNode().put("Name", name);
        volume.set("Labels", labels());
        daemon.call(Call.post("create", "/volumes/create", volume, DEADLINE));
    }

    private ObjectNode labels() {
        return DaemonConnection.JSON
                .createObjectNode()
                .put(Owner.OWNER_LABEL, daemon.settings.owner().id())
                .put(Owner.LEASE_LABEL, Leases.ofProcess().own());
    }

    /** As the guard would make it: its root is read-only, and a volume is all that can be written to. */
    private void container(String script) throws Exception {
        ObjectNode body = DaemonConnection.JSON.createObjectNode().put("Image", TestDaemon.IMAGE);
        body.putArray("Cmd").add("sh").add("-c").add(script);
        body.set("Labels", labels());
        ObjectNode host =
                body.putObject("HostConfig").put("NetworkMode", "none").put("ReadonlyRootfs", true);
        host.putArray("Binds").add(name + ":/v");
        host.putArray("Ulimits")
                .addObject()
                .put("Name", "nofile")
                .put("Soft", 1024)
                .put("Hard", 1024);
        daemon.call(Call.post("create", "/containers/create?name=" + name, daemon.adapted(body), DEADLINE));
    }

    private void runToItsEnd() throws Exception {
        daemon.tryCall(Call.post("start", "/containers/" + name + "/start", null, DEADLINE));
        assertThat(daemon.call(Call.post("wait", "/containers/" + name + "/wait", null, DEADLINE))
                        .path("StatusCode")
                        .asInt())
                .isZero();
    }

    @AfterEach
    void remove() throws Exception {
        // The container goes before its volume, which could not go otherwise.
        assertThat(daemon.guard.removeLeftovers(daemon.settings.owner())).contains(name);
        assertThat(daemon.guard.objects()).isEmpty();
        daemon.close();
    }

    private void copyOut(String source, long bytes, long files) throws InterruptedException {
        daemon.guard.copyOut(name, new Mount.OutputDirectory(out, source, bytes, files), DEADLINE);
    }

    @Test
    void filesGoInAndComeOut() throws Exception {
        Files.writeString(Files.createDirectories(in.resolve("a/b")).resolve("file"), "content");
        Files.writeString(in.resolve("run"), "x");
        Files.setPosixFilePermissions(in.resolve("run"), PosixFilePermissions.fromString("rwxr-xr-x"));
        container("cat /v/a/b/file > /v/copy; test -x /v/run");

        daemon.guard.copyIn(name, new Mount.ReadOnlyBind(in, "/v"), DEADLINE);
        runToItsEnd();
        copyOut("/v", 1000, 10);

        assertThat(out.resolve("copy")).hasContent("content");
        assertThat(out.resolve("a/b/file")).hasContent("content");
    }

    @Test
    void linksAndPipesStayInside() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "secret");
        container("ln -s " + secret + " /v/link; ln -s / /v/root; mkfifo /v/pipe; mkdir /v/d; echo x > /v/d/f");
        runToItsEnd();

        copyOut("/v", 1000, 10);

        try (Stream<Path> files = Files.walk(out)) {
            assertThat(files.map(path -> out.relativize(path).toString())).containsExactlyInAnyOrder("", "d", "d/f");
        }
        assertThat(secret).hasContent("secret");
    }

    @Test
    void boundsHold() throws Exception {
        container("head -c 100000 /dev/zero > /v/big; : > /v/small");
        runToItsEnd();

        assertThatThrownBy(() -> copyOut("/v", 99_999, 10)).hasMessageContaining("bound");
        assertThatThrownBy(() -> copyOut("/v", 1L << 40, 1)).hasMessageContaining("more than 1 files");
    }

    @Test
    void whatIsNotThereIsNotFound() throws Exception {
        container("true");

        assertThatThrownBy(() -> copyOut("/no/such", 1000, 10))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure()).isInstanceOf(DockerFailure.NotFound.class));
        assumeFalse(daemon.podman(), PODMAN_COPIES);
        Files.writeString(in.resolve("file"), "x");
        assertThatThrownBy(() -> daemon.guard.copyIn(name, new Mount.ReadOnlyBind(in, "/no/such"), DEADLINE))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure()).isInstanceOf(DockerFailure.NotFound.class));
    }

    /** What may not be mounted may not be copied either. */
    @Test
    void protectedFilesAreNotCopied() throws Exception {
        container("true");

        assertThatThrownBy(() -> daemon.guard.copyIn(name, new Mount.ReadOnlyBind(Path.of("/etc"), "/v"), DEADLINE))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure()).isInstanceOf(DockerFailure.PolicyDenied.class));
    }

    @Test
    void rootIsReadOnly() throws Exception {
        container("true");
        assumeFalse(daemon.podman(), PODMAN_COPIES);
        Files.writeString(in.resolve("file"), "x");

        assertThatThrownBy(() -> daemon.guard.copyIn(name, new Mount.ReadOnlyBind(in, "/bin"), DEADLINE))
                .hasMessageContaining("read-only");
    }
}
