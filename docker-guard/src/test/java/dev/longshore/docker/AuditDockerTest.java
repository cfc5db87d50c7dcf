package dev.longshore.docker;

import static dev.longshore.docker.TestDaemon.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.docker.audit.AuditLog;
import dev.longshore.docker.audit.AuditSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The audit log of real runs, and on a disk that is full: a small file system of the test's own, which root may mount. */
@Tag("docker")
class AuditDockerTest {
    @TempDir
    Path temp;

    private Path disk;
    private AuditLog log;
    private TestDaemon daemon;
    private RecordedLines lines;

    @BeforeEach
    void open() throws IOException, InterruptedException {
        disk = Files.createDirectory(temp.resolve("disk"));
        run("mount", "-t", "tmpfs", "-o", "size=256k", "longshore-test", disk.toString());
        log = AuditLog.open(AuditSettings.in(disk.resolve("audit")));
        lines = new RecordedLines(disk.resolve("audit"));
        daemon = new TestDaemon(
                DockerSettings.of("audit-test-" + ProcessHandle.current().pid()).withAudit(log));
    }

    @AfterEach
    void close() throws IOException, InterruptedException {
        daemon.assertNothingLeft();
        daemon.close();
        log.close();
        assertThat(lines.verify().findings()).isEmpty();
        run("umount", disk.toString());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as("%s; this test mounts a file system, which only root can: %s", List.of(command), output)
                .isZero();
    }

    private void fill() throws IOException {
        try (var out = Files.newOutputStream(disk.resolve("filling"))) {
            byte[] some = new byte[1024];
            while (true) {
                out.write(some);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    @Test
    void aRunIsToldFromItsCreationToItsRemoval() throws InterruptedException {
        daemon.guard.run(shell("exit 3").environment("TOKEN", "hunter2").build(), ContainerListener.NONE);

        List<String> told = lines.told();
        assertThat(told)
                .containsSubsequence(
                        "call image-inspect ok",
                        "allowed run",
                        "begun create",
                        "call create ok",
                        "begun start",
                        "call start ok")
                .containsSubsequence("call start ok", "call remove ok", "run run failed")
                .contains("call attach ok", "call wait ok", "call inspect ok");
        assertThat(lines.line("allowed", "run").path("rules").toString()).contains("image-repository: ");
        String container = lines.line("begun", "create").path("target").asText();
        assertThat(container).startsWith("longshore-run-1-step-");
        assertThat(lines.line("call", "remove").path("target").asText()).isEqualTo(container);
        assertThat(lines.line("begun", "create").path("environment").toString()).isEqualTo("[\"HOME\",\"TOKEN\"]");
        assertThat(lines.text()).doesNotContain("hunter2");
    }

    @Test
    void onAFullDiskNoContainerIsCreated() throws IOException, InterruptedException {
        fill();
        exhaust();

        assertThatThrownBy(() -> daemon.guard.run(shell("exit 0").build(), ContainerListener.NONE))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure().code()).isEqualTo("DOCKER_AUDIT_UNAVAILABLE"));

        assertThat(daemon.containers()).isEmpty();
        Files.delete(disk.resolve("filling"));
        assertThat(daemon.guard.run(shell("exit 0").build(), ContainerListener.NONE))
                .isInstanceOf(ContainerExit.Exited.class);
        assertThat(lines.told().stream().filter(line -> line.startsWith("begun create")))
                .hasSize(1);
        assertThat(lines.verify().notes()).isNotEmpty().allMatch(note -> note.contains("could not be written"));
    }

    /** The last page of the file may have room for a line or two. */
    private void exhaust() throws InterruptedException {
        while (log.status().failure().isEmpty()) {
            daemon.guard.ping();
        }
    }

    @Test
    void aDiskThatFillsUpMeanwhileLeavesNoContainer() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);

        ContainerExit exit = daemon.guard.run(shell("echo up; sleep 1; exit 0").build(), new ContainerListener() {
            @Override
            public void stdout(String line) {
                try {
                    fill();
                    exhaust();
                } catch (IOException | InterruptedException e) {
                    throw new AssertionError(e);
                }
                started.countDown();
            }
        });

        assertThat(started.getCount()).isZero();
        assertThat(exit).isInstanceOf(ContainerExit.Exited.class);
        assertThat(daemon.containers()).isEmpty();
        assertThat(log.status().lost()).isPositive();
        assertThat(disk.resolve("filling").toFile().delete()).isTrue();
    }
}
