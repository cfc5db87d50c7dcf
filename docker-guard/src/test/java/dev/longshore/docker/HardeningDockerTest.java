package dev.longshore.docker;

import static dev.longshore.docker.TestDaemon.shell;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looks at real containers, from outside through inspect and from inside through the kernel. */
@Tag("docker")
@Tag("engines")
class HardeningDockerTest {
    @TempDir
    static Path directory;

    private static TestDaemon daemon;
    private static JsonNode inspected;
    private static final RecordingListener INSIDE = new RecordingListener();

    @BeforeAll
    static void runOne() throws Exception {
        daemon = new TestDaemon("hardening-test-" + ProcessHandle.current().pid());
        Path workspace = Files.createDirectory(directory.resolve("workspace"));
        Files.writeString(workspace.resolve("a file"), "content\n");
        Path out = Files.createDirectory(directory.resolve("out"));
        Files.setPosixFilePermissions(out, PosixFilePermissions.fromString("rwxrwxrwx"));
        String script = """
                echo id=$(id -u):$(id -g):$(id -G)
                while read key value; do echo "status $key $value"; done < /proc/self/status
                echo limits $(ulimit -n) $(ulimit -c) $(ulimit -f)
                echo host $(hostname) home $HOME extra $EXTRA
                echo net $(ls /sys/class/net)
                echo workspace $(cat '/workspace/a file')
                for f in /x /bin/x /workspace/x /proc/sys/kernel/hostname /sys/x /etc/x /run/x /var/tmp/x; do
                  if echo x 2>/dev/null > $f; then echo "WRITABLE $f"; else echo "readonly $f"; fi
                done
                echo x > /tmp/x && echo tmp-writable
                echo result > /out/result && echo out-writable
                dd if=/dev/zero of=/tmp/big bs=1M count=9 2>/dev/null || echo tmp-bounded
                rm -f /tmp/big
                for f in /proc/kcore /proc/keys /proc/timer_list; do [ -s $f ] && echo "VISIBLE $f"; done
                [ -e /var/run/docker.sock ] && echo "SOCKET"
                echo done
                sleep 20
                """;
        CompletableFuture<JsonNode> look = CompletableFuture.supplyAsync(() -> {
            try {
                return daemon.inspect(INSIDE.awaitLine("done"));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        Thread runner = new Thread(() -> {
            try {
                daemon.guard.run(
                        shell(script)
                                .limits(new Limits(32L << 20, 0.5, 50, 8L << 20))
                                .user(new ContainerUser(12345, 23456))
                                .environment("EXTRA", "value with blanks")
                                .mount(new Mount.ReadOnlyBind(workspace, "/workspace"))
                                .mount(new Mount.OutputDirectory(out, "/out", 1 << 20))
                                .build(),
                        INSIDE);
            } catch (InterruptedException e) {
                // The look is over.
                Thread.currentThread().interrupt();
            }
        });
        runner.start();
        try {
            inspected = look.get(20, TimeUnit.SECONDS);
        } finally {
            runner.interrupt();
            runner.join(20_000);
        }
        assertThat(Files.readString(out.resolve("result"))).isEqualTo("result\n");
    }

    @AfterAll
    static void nothingIsLeft() throws InterruptedException {
        daemon.assertNothingLeft();
        daemon.close();
    }

    @Test
    void everySettingIsOnTheContainer() throws InterruptedException {
        JsonNode host = inspected.path("HostConfig");
        assertThat(host.path("Privileged").asBoolean(true)).isFalse();
        assertThat(host.path("NetworkMode").asText()).isEqualTo("none");
        // Its own, for which Podman has a word.
        String own = daemon.podman() ? "private" : "";
        assertThat(host.path("PidMode").asText()).isEqualTo(own);
        assertThat(host.path("UTSMode").asText()).isEqualTo(own);
        assertThat(host.path("UsernsMode").asText()).isEmpty();
        // Its own too: another container would have to be asked to join it.
        assertThat(host.path("IpcMode").asText()).isEqualTo(daemon.podman() ? "shareable" : "private");
        assertThat(host.path("ReadonlyRootfs").asBoolean()).isTrue();
        assertThat(host.path("Init").asBoolean()).isTrue();
        // Podman names those of its default, of which none is left: the kernel's word is in another test.
        assertThat(texts(host.path("CapDrop"))).contains(daemon.podman() ? "SYS_CHROOT" : "ALL");
        assertThat(texts(host.path("CapAdd"))).isEmpty();
        assertThat(texts(host.path("Devices"))).isEmpty();
        assertThat(texts(host.path("DeviceCgroupRules"))).isEmpty();
        assertThat(texts(host.path("SecurityOpt"))).containsExactly("no-new-privileges");
        assertThat(host.path("Memory").asLong()).isEqualTo(32L << 20);
        assertThat(host.path("MemorySwap").asLong()).isEqualTo(32L << 20);
        assertThat(host.path("NanoCpus").asLong()).isEqualTo(500_000_000L);
        assertThat(host.path("PidsLimit").asLong()).isEqualTo(50);
        assertThat(host.path("RestartPolicy").path("Name").asText()).isEqualTo("no");
        assertThat(host.path("LogConfig").path("Type").asText()).isEqualTo("none");
        if (!daemon.podman()) { // Which does not tell of them; what is visible inside is in another test.
            assertThat(texts(host.path("MaskedPaths"))).contains("/proc/kcore", "/proc/keys", "/sys/firmware");
            assertThat(texts(host.path("ReadonlyPaths"))).contains("/proc/sys", "/proc/sysrq-trigger");
        }
        // Podman tells of the mounts here too; another test looks at each.
        assertThat(texts(host.path("Binds"))).hasSize(daemon.podman() ? 2 : 0);
        assertThat(texts(host.path("VolumesFrom"))).isEmpty();
        assertThat(host.path("PortBindings").size()).isZero();
        assertThat(host.path("Tmpfs").path("/tmp").asText()).contains("size=8388608", "nosuid", "nodev");
        Map<String, Long> ulimits = new TreeMap<>();
        host.path("Ulimits")
                .forEach(limit -> ulimits.put(
                        limit.path("Name").asText().replace("RLIMIT_", "").toLowerCase(Locale.ROOT),
                        limit.path("Hard").asLong()));
        assertThat(ulimits).containsAllEntriesOf(Map.of("core", 0L, "fsize", (1L << 20) + 1, "nofile", 4096L));
        assertThat(ulimits).hasSize(daemon.podman() ? 4 : 3);
    }

    @Test
    void configurationIsOursAndNotTheImages() {
        JsonNode config = inspected.path("Config");
        assertThat(config.path("User").asText()).isEqualTo("12345:23456");
        assertThat(config.path("Hostname").asText()).isEqualTo("longshore");
        assertThat(config.path("Tty").asBoolean(true)).isFalse();
        assertThat(config.path("OpenStdin").asBoolean(true)).isFalse();
        assertThat(texts(config.path("Healthcheck").path("Test"))).containsExactly("NONE");
        JsonNode labels = config.path("Labels");
        assertThat(labels.path("dev.longshore.owner").asText())
                .isEqualTo(daemon.settings.owner().id());
        assertThat(labels.path("dev.longshore.run").asText()).isEqualTo("run-1");
        assertThat(labels.path("dev.longshore.step").asText()).isEqualTo("step");
        assertThat(labels.path("dev.longshore.image").asText()).isEqualTo(TestDaemon.IMAGE);
        assertThat(inspected.path("Name").asText()).matches("/longshore-run-1-step-[0-9a-f]{12}");
        assertThat(inspected.path("Image").asText()).startsWith("sha256:");
        assertThat(inspected.path("AppArmorProfile").asText()).isNotEqualTo("unconfined");
    }

    @Test
    void onlyTheMountsAskedForAreThere() {
        List<String> mounts = new ArrayList<>();
        inspected
                .path("Mounts")
                .forEach(mount -> mounts.add(mount.path("Type").asText() + " "
                        + mount.path("Destination").asText() + " "
                        + mount.path("RW").asBoolean() + " "
                        + mount.path("Propagation").asText()));
        assertThat(mounts).containsExactlyInAnyOrder("bind /workspace false rprivate", "bind /out true rprivate");
    }

    @Test
    void kernelConfinesTheProcess() {
        assertThat(INSIDE.stdout)
                .contains("id=12345:23456:23456")
                .contains("status CapEff: 0000000000000000")
                .contains("status CapPrm: 0000000000000000")
                .contains("status CapBnd: 0000000000000000")
                .contains("status NoNewPrivs: 1")
                .contains("status Seccomp: 2")
                .contains("host longshore home /tmp extra value with blanks")
                .contains("net lo")
                .contains("workspace content")
                .anyMatch(line -> line.startsWith("limits 4096 0 "));
    }

    @Test
    void nothingButTmpAndTheOutputDirectoryIsWritable() {
        assertThat(INSIDE.stdout)
                .contains("tmp-writable", "out-writable", "tmp-bounded")
                .contains("readonly /x", "readonly /bin/x", "readonly /workspace/x", "readonly /etc/x")
                .contains(
                        "readonly /proc/sys/kernel/hostname",
                        "readonly /sys/x",
                        "readonly /run/x",
                        "readonly /var/tmp/x")
                .noneMatch(line -> line.startsWith("WRITABLE") || line.startsWith("VISIBLE") || line.equals("SOCKET"));
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(element.asText()));
        return texts;
    }
}
