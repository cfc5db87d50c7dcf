package dev.longshore.docker;

import static dev.longshore.docker.TestDaemon.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs on a daemon that is taken to have none of this process's files. */
@Tag("docker")
@Tag("engines")
class VolumeCourierDockerTest {
    @TempDir
    Path directory;

    private TestDaemon daemon;
    private Path workspace;
    private Path out;
    private Leaks before;

    /** Jars that are opened at the first use stay open: they are no leak of a test's. */
    @BeforeAll
    static void loadAllThatIsUsed(@TempDir Path directory) throws IOException, InterruptedException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        try (TestDaemon warm = new TestDaemon(settings())) {
            warm.guard.run(
                    shell("true")
                            .mount(new Mount.OutputDirectory(directory, "/out", 1 << 20))
                            .build(),
                    ContainerListener.NONE);
        }
    }

    private static DockerSettings settings() {
        return DockerSettings.of("courier-test-" + ProcessHandle.current().pid())
                .withStopGrace(Duration.ofSeconds(1))
                .withHostPaths(HostPathMode.COPY);
    }

    @BeforeEach
    void open() throws IOException, InterruptedException {
        before = Leaks.now();
        daemon = new TestDaemon(settings());
        workspace = Files.createDirectory(directory.resolve("workspace"));
        Files.writeString(workspace.resolve("a file"), "content\n");
        Files.createDirectories(workspace.resolve("deep/er"));
        Files.writeString(workspace.resolve("deep/er/ünï"), "named");
        Files.createSymbolicLink(workspace.resolve("link"), Path.of("a file"));
        out = Files.createDirectory(directory.resolve("out"));
        Files.setPosixFilePermissions(out, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    @AfterEach
    void nothingIsLeft() throws IOException, InterruptedException {
        daemon.assertNothingLeft();
        assertThat(volumes()).isEmpty();
        daemon.close();
        Leaks.assertReleased(before);
    }

    private List<String> volumes() throws InterruptedException {
        List<String> names = new ArrayList<>();
        daemon.call(Call.get("list", "/volumes", Duration.ofSeconds(10)))
                .path("Volumes")
                .forEach(volume -> {
                    if (volume.path("Labels")
                            .path(Owner.OWNER_LABEL)
                            .asText()
                            .equals(daemon.settings.owner().id())) {
                        names.add(volume.path("Name").asText());
                    }
                });
        return names;
    }

    private ContainerRequest.Builder request(String script) {
        return shell(script)
                .user(new ContainerUser(12345, 23456))
                .mount(new Mount.ReadOnlyBind(workspace, "/workspace"))
                .mount(new Mount.OutputDirectory(out, "/out", 1 << 20));
    }

    private ContainerExit run(String script) throws InterruptedException {
        return daemon.guard.run(request(script).build(), ContainerListener.NONE);
    }

    @Test
    void filesTravelThereAndBack() throws Exception {
        Files.writeString(out.resolve("before"), "was there");
        RecordingListener inside = new RecordingListener();

        ContainerExit exit = daemon.guard.run(request("""
                        cat '/workspace/link' /workspace/deep/er/*
                        echo
                        touch /workspace/x 2>/dev/null || echo read-only
                        cp /out/before /out/after
                        mkdir /out/sub && echo made > /out/sub/file
                        ln -s /etc/passwd /out/link
                        grep ' /workspace ' /proc/mounts | cut -d' ' -f4 | cut -c1-2
                        """).build(), inside);

        assertThat(exit).isInstanceOf(ContainerExit.Exited.class);
        assertThat(((ContainerExit.Exited) exit).code()).isZero();
        assertThat(inside.stdout).containsExactly("content", "named", "read-only", "ro");
        assertThat(out.resolve("after")).hasContent("was there");
        assertThat(out.resolve("sub/file")).hasContent("made\n");
        assertThat(out.resolve("link")).doesNotExist();
        assertThat(workspace.resolve("x")).doesNotExist();
    }

    @Test
    void anOutputPastItsBoundIsFoundWhileItRuns() throws Exception {
        ContainerExit exit = run("i=0; while true; do head -c 300000 /dev/zero > /out/$i; i=$((i+1)); sleep 0.1; done");

        assertThat(exit).isInstanceOf(ContainerExit.OutputLimitExceeded.class);
    }

    @Test
    void anOutputPastItsBoundIsFoundAtTheEnd() throws Exception {
        ContainerExit exit = run("for i in 1 2 3 4 5; do head -c 300000 /dev/zero > /out/$i; done");

        assertThat(exit).isInstanceOf(ContainerExit.OutputLimitExceeded.class);
    }

    @Test
    void moreFilesThanThePipeHoldsTravelWhole() throws Exception {
        for (int i = 0; i < 3; i++) {
            Files.write(workspace.resolve("big" + i), new byte[5 << 20]);
        }
        ContainerExit exit = run("test $(cat /workspace/big* | wc -c) = " + 3 * (5 << 20));

        assertThat(((ContainerExit.Exited) exit).code()).isZero();
    }

    @Test
    void aCancelledRunLeavesNoVolume() throws Exception {
        RecordingListener inside = new RecordingListener();
        ContainerRequest request = request("echo up; sleep 60").build();
        InBackground<ContainerExit> run = new InBackground<>(() -> daemon.guard.run(request, inside));
        inside.awaitLine("up");
        assertThat(volumes()).hasSize(2);

        run.thread.interrupt();

        assertThat(run.awaitFailure(Duration.ofSeconds(20))).isInstanceOf(InterruptedException.class);
    }

    @Test
    void aSingleFileIsRefusedWithTheWayOut() {
        ContainerRequest request = shell("true")
                .mount(new Mount.ReadOnlyBind(workspace.resolve("a file"), "/config"))
                .build();

        assertThatThrownBy(() -> daemon.guard.run(request, ContainerListener.NONE))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure())
                                .isInstanceOfSatisfying(
                                        DockerFailure.PolicyDenied.class,
                                        denied -> assertThat(denied.rule()).isEqualTo("bind-apart")));
    }

    @Test
    void leftoversOfAProcessThatDiedAreRemovedWithTheirVolumes() throws Exception {
        try (DaemonConnection dead =
                new DaemonConnection(daemon.settings, daemon.guard.endpoint(), CallObserver.NONE)) {
            var labels = DaemonConnection.JSON.createObjectNode();
            labels.put(Owner.OWNER_LABEL, daemon.settings.owner().id()).put(Owner.RUN_LABEL, "run-1");
            labels.put(Owner.LEASE_LABEL, daemon.settings.leases().own());
            new Volumes(dead, Subject.of(daemon.settings.owner()))
                    .create(ContainerName.of("run-1", "step") + "-0", labels);
        }
        assertThat(volumes()).hasSize(1);

        daemon.guard.removeLeftovers(daemon.settings.owner());

        assertThat(volumes()).isEmpty();
    }
}
