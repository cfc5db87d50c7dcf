package dev.longshore.worker.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.docker.ContainerUser;
import dev.longshore.docker.DockerSettings;
import dev.longshore.docker.GuardedDocker;
import dev.longshore.docker.ImageBuild;
import dev.longshore.docker.Owner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the canary says of workspaces and images on a real daemon. */
@Tag("docker")
@Timeout(120)
class CanaryDockerTest {
    private static final String BUSYBOX =
            System.getenv().getOrDefault("LONGSHORE_TEST_BUSYBOX_IMAGE", "longshore-busybox:dev");
    private static final String OWNER = "canary-test-" + ProcessHandle.current().pid();

    @TempDir
    Path directory;

    private final GuardedDocker docker = GuardedDocker.open(DockerSettings.of(OWNER));
    private Path workspace = Path.of("");
    private Path scratch = Path.of("");

    @BeforeEach
    void makeDirectories() throws Exception {
        // What a umask of 077 leaves of every directory that a process makes.
        workspace = closed(directory.resolve("workspace"));
        scratch = closed(directory.resolve("scratch"));
    }

    @AfterEach
    void nothingIsLeftBehind() {
        assertThat(docker.removeLeftovers(Owner.of(OWNER))).isEmpty();
        docker.close();
    }

    private static Path closed(Path path) throws Exception {
        return Files.setPosixFilePermissions(Files.createDirectory(path), PosixFilePermissions.fromString("rwx------"));
    }

    private static void open(Path path) throws Exception {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Gives the workspace to somebody whom a container may run as, if this process may do so. */
    private void ownedByNobodyButRoot() throws Exception {
        if ((Integer) Files.getAttribute(directory, "unix:uid") == 0) {
            Files.setAttribute(workspace, "unix:uid", ContainerUser.NOBODY.uid() - 1000);
        }
    }

    private Check check(String image) throws Exception {
        return new Canary(docker, image, "run-" + ProcessHandle.current().pid()).sees("workspace", workspace, scratch);
    }

    @Test
    void aWorkspaceOfItsOwnersAloneIsSeenByTheUserOfTheStep() throws Exception {
        ownedByNobodyButRoot();
        Files.writeString(workspace.resolve("a.py"), "");

        assertThat(check(BUSYBOX)).isEqualTo(Check.ok("workspace", "a container sees the files of " + workspace));
    }

    @Test
    void anEmptyWorkspaceIsSeen() throws Exception {
        ownedByNobodyButRoot();

        assertThat(check(BUSYBOX).status()).isEqualTo(Check.Status.OK);
    }

    @Test
    void aWorkspaceOfBrokenLinksIsSeen() throws Exception {
        open(workspace);
        Files.createSymbolicLink(workspace.resolve("broken"), Path.of("no/such/file"));

        assertThat(check(BUSYBOX).status()).isEqualTo(Check.Status.OK);
    }

    @Test
    void aWorkspaceThatTheUserMayNotReadIsAMatterOfPermission() throws Exception {
        ownedByNobodyButRoot();
        Files.setPosixFilePermissions(workspace, PosixFilePermissions.fromString("-wx------"));

        assumeTrue(Files.isReadable(workspace), "only root can list what the container's user cannot");

        Check check = check(BUSYBOX);
        assertThat(check.status()).isEqualTo(Check.Status.PROBLEM);
        assertThat(check.detail()).contains("may not read " + workspace);
        assertThat(check.fix()).contains("chmod");
    }

    @Test
    void anImageWithoutAShellCannotTellAndIsNoProblem() throws Exception {
        Files.writeString(workspace.resolve("a.py"), "");
        String image = "longshore-test/no-shell:" + ProcessHandle.current().pid();
        docker.buildImage(
                ImageBuild.builder(image)
                        .file("Dockerfile", "FROM scratch\nCOPY Dockerfile /only\n".getBytes(StandardCharsets.UTF_8))
                        .deadline(Duration.ofMinutes(1))
                        .build(),
                line -> {});

        try {
            assertThat(check(image)).isEqualTo(Check.ok("workspace", "not verifiable: the image has no shell"));
        } finally {
            remove(image);
        }
    }

    /** The guard removes no images, so that nobody's are lost. */
    private void remove(String image) throws Exception {
        ProcessBuilder request = new ProcessBuilder("../scripts/docker-api", "DELETE", "/images/" + image)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("removed").toFile());
        request.environment().put("DOCKER_HOST", docker.endpoint().address().toString());
        assertThat(request.start().waitFor()).isZero();
    }
}
