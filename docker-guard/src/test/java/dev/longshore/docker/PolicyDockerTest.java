package dev.longshore.docker;

import static dev.longshore.docker.TestDaemon.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.docker.DockerFailure.PolicyDenied;
import dev.longshore.docker.DockerFailure.QuotaExceeded;
import dev.longshore.docker.policy.Decision;
import dev.longshore.docker.policy.GuardPolicy;
import dev.longshore.docker.policy.PolicyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The policy where a real daemon is at the other end. */
@Tag("docker")
@Timeout(180)
class PolicyDockerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path temporary;

    private final TestDaemon plain;

    PolicyDockerTest() throws InterruptedException {
        plain = new TestDaemon("policy-test");
    }

    @AfterEach
    void nothingIsLeft() throws InterruptedException {
        plain.assertNothingLeft();
        plain.close();
    }

    private GuardedDocker guard(String yaml) throws IOException {
        GuardPolicy policy = PolicyFile.parse("p.yaml", yaml, Map.of("t", temporary.toRealPath()));
        return GuardedDocker.open(plain.settings.withPolicy(policy));
    }

    private static final String OPEN = """
            version: 1
            images: [ { repository: "**", pin: none } ]
            binds: { read: [ "${t}" ], write: [ "${t}" ] }
            volumes: { read: [ "longshore-*" ] }
            networks: [ "longshore-*" ]
            """;

    private static void assertDenied(GuardedDocker guard, ContainerRequest request, String rule) {
        assertThatThrownBy(() -> guard.run(request, ContainerListener.NONE))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure())
                                .isInstanceOfSatisfying(
                                        PolicyDenied.class,
                                        denied -> assertThat(denied.rule()).isEqualTo(rule)));
    }

    @Test
    void anImagesIdIsNoNameForIt() throws Exception {
        String id = plain.guard.image(TestDaemon.IMAGE).id().substring("sha256:".length());
        try (GuardedDocker guard = guard(OPEN)) {
            ContainerRequest request = ContainerRequest.builder(id.substring(0, 12), "run", "step")
                    .command("true")
                    .build();

            assertDenied(guard, request, "image-name");
        }
    }

    @Test
    void aRecordedTagRunsWhileItIsWhatItWas() throws Exception {
        String id = plain.guard.image(TestDaemon.IMAGE).id();
        String repository = TestDaemon.IMAGE.replaceFirst(":[^:/]*$", "");
        String tag = TestDaemon.IMAGE.substring(repository.length() + 1);
        String yaml = "version: 1\nimages:\n  - repository: " + repository + "\n    recorded: { " + tag + ": ";
        try (GuardedDocker guard = guard(yaml + id + " }");
                GuardedDocker moved = guard(yaml + "sha256:" + "0".repeat(64) + " }")) {
            assertThat(guard.run(shell("exit 7").build(), ContainerListener.NONE))
                    .isInstanceOfSatisfying(
                            ContainerExit.Exited.class,
                            exit -> assertThat(exit.code()).isEqualTo(7));
            assertDenied(moved, shell("exit 7").build(), "image-resolution");
        }
    }

    @Test
    void defaultsAreThePolicys() throws Exception {
        try (GuardedDocker guard = guard(OPEN + "limits: { memory: { default: 32MiB, most: 64MiB }, pids: 20 }")) {
            RecordingListener listener = new RecordingListener();
            ContainerRequest request = ContainerRequest.builder(TestDaemon.IMAGE, "run", "step")
                    .command(
                            "sh",
                            "-c",
                            "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>&1;"
                                    + " cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>&1")
                    .build();

            guard.run(request, listener);

            assertThat(listener.stdout).contains("33554432", "20");
        }
    }

    @Test
    void aVolumeIsOnesOwnOrNotThere() throws Exception {
        String name = "longshore-policy-" + Long.toHexString(System.nanoTime());
        ObjectNode body = DaemonConnection.JSON.createObjectNode().put("Name", name);
        ObjectNode labels = body.putObject("Labels");
        ContainerRequest request = shell("cat /v/x 2>&1; id; echo done")
                .mount(new Mount.Volume(name, "/v", false))
                .build();
        try (GuardedDocker guard = guard(OPEN)) {
            assertDenied(guard, request, "volume-owner");
            plain.call(Call.post("volume", "/volumes/create", body, PATIENCE));
            assertDenied(guard, request, "volume-owner");
            plain.delete("/volumes/" + name);

            labels.put(Owner.OWNER_LABEL, plain.settings.owner().id());
            body.putObject("DriverOpts").put("type", "none").put("o", "bind").put("device", "/etc");
            plain.call(Call.post("volume", "/volumes/create", body, PATIENCE));
            assertDenied(guard, request, "volume-options");
            plain.delete("/volumes/" + name);

            body.remove("DriverOpts");
            plain.call(Call.post("volume", "/volumes/create", body, PATIENCE));
            RecordingListener listener = new RecordingListener();
            guard.run(request, listener);
            assertThat(listener.stdout).contains("done");
        } finally {
            plain.delete("/volumes/" + name);
        }
    }

    @Test
    void aNetworkThatThePolicyNamesIsJoined() throws Exception {
        String name = "longshore-policy-" + Long.toHexString(System.nanoTime());
        ObjectNode body =
                DaemonConnection.JSON.createObjectNode().put("Name", name).put("Internal", true);
        ContainerRequest request = shell("ls /sys/class/net").network(name).build();
        try (GuardedDocker guard = guard(OPEN)) {
            assertDenied(guard, request, "network-name");
            String id = plain.call(Call.post("network", "/networks/create", body, PATIENCE))
                    .path("Id")
                    .asText();
            RecordingListener listener = new RecordingListener();
            guard.run(request, listener);
            assertThat(listener.stdout).contains("eth0");
            assertDenied(guard, shell("true").network("bridge").build(), "network-name");
            assertDenied(guard, shell("true").network(id).build(), "network-name");
        } finally {
            plain.delete("/networks/" + name);
        }
    }

    @Test
    void aQuotaHoldsOverAllGuardsOfAnOwner() throws Exception {
        String yaml = OPEN + "quotas: { run: { containers: 1 } }";
        CountDownLatch started = new CountDownLatch(1);
        ContainerListener waiting = new ContainerListener() {
            @Override
            public void started(String container) {
                started.countDown();
            }
        };
        try (GuardedDocker one = guard(yaml);
                GuardedDocker other = guard(yaml)) {
            Thread first = new Thread(() -> {
                try {
                    one.run(shell("sleep 30").build(), waiting);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            first.start();
            started.await();
            assertThatThrownBy(() -> other.run(shell("true").build(), ContainerListener.NONE))
                    .isInstanceOfSatisfying(DockerFailureException.class, e -> {
                        assertThat(e.failure()).isInstanceOf(QuotaExceeded.class);
                        assertThat(e.failure().retryable()).isTrue();
                    });
            assertThat(other.explain(shell("true").build()).denied())
                    .extracting(Decision::subject)
                    .containsExactly("quota");
            first.interrupt();
            first.join();
            assertThat(other.run(shell("true").build(), ContainerListener.NONE))
                    .isInstanceOf(ContainerExit.Exited.class);
        }
    }

    /** Somebody who owns a directory above the source swaps it for a link to what nobody allowed, again and again. */
    @Test
    void aSourceThatIsSwappedMeanwhileIsNotRead() throws Exception {
        Path root = temporary.toRealPath();
        Path source = Files.createDirectories(root.resolve("allowed/mine/source"));
        Files.writeString(source.resolve("file"), "mine\n");
        Path secret = Files.createDirectories(root.resolve("secret/source"));
        Files.writeString(secret.resolve("file"), "secret\n");
        Path mine = root.resolve("allowed/mine");
        Path aside = root.resolve("allowed/aside");
        Path link = root.resolve("allowed/link");
        AtomicBoolean over = new AtomicBoolean();
        Thread swapping = new Thread(() -> {
            try {
                while (!over.get()) {
                    Files.move(mine, aside, StandardCopyOption.ATOMIC_MOVE);
                    Files.createSymbolicLink(mine, root.resolve("secret"));
                    Thread.sleep(3);
                    Files.move(mine, link, StandardCopyOption.ATOMIC_MOVE);
                    Files.delete(link);
                    Files.move(aside, mine, StandardCopyOption.ATOMIC_MOVE);
                    Thread.sleep(3);
                }
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        int allowed = 0;
        int denied = 0;
        try (GuardedDocker guard = guard(OPEN.replace("read: [ \"${t}\" ]", "read: [ \"${t}/allowed\" ]"))) {
            swapping.start();
            for (int i = 0; i < 40; i++) {
                RecordingListener listener = new RecordingListener();
                try {
                    guard.run(
                            shell("cat /in/file; sleep 0.3")
                                    .mount(new Mount.ReadOnlyBind(source, "/in"))
                                    .build(),
                            listener);
                    assertThat(listener.stdout)
                            .as("what a run that succeeded has read")
                            .doesNotContain("secret");
                    allowed++;
                } catch (DockerFailureException e) {
                    denied++;
                }
            }
        } finally {
            over.set(true);
            swapping.join();
        }
        assertThat(denied).as("denied, with " + allowed + " allowed").isPositive();
    }
}
