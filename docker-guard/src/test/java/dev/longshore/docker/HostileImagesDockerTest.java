package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Images that mean harm, on a real daemon: each run ends, says why, leaves nothing, and neither the host nor this process is any the
 * worse. What a container tries without success it reports on its output, as {@code refused: …} or {@code WORKED: …}.
 */
@Tag("docker")
class HostileImagesDockerTest {
    private static final String IMAGE = "longshore-hostile-test:setuid";
    private static final long MEMORY = 64L << 20;
    private static final Duration DEADLINE = Duration.ofSeconds(4);
    /** Beyond its deadline: the grace, the kill, the removal, on a host that is busy. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static TestDaemon daemon;

    @TempDir
    Path directory;

    private Path workspace;
    private Path out;
    private final RecordingListener listener = new RecordingListener();
    private long freeBefore;
    private long heapBefore;
    private long begin;

    /** Busybox as root's setuid program, which it drops no privileges in. */
    @BeforeAll
    static void build() throws InterruptedException {
        daemon = new TestDaemon("hostile-test-" + ProcessHandle.current().pid());
        String dockerfile = "FROM " + TestDaemon.IMAGE
                + "\nRUN mkdir /setuid && cp /bin/busybox /setuid/busybox && chmod 6755 /setuid/busybox /bin/busybox\n";
        daemon.guard.buildImage(
                new ImageBuild(
                        IMAGE,
                        Map.of("Dockerfile", new ImageBuild.Content.Bytes(dockerfile.getBytes(StandardCharsets.UTF_8))),
                        Map.of(),
                        Map.of(),
                        false,
                        Duration.ofMinutes(2)),
                line -> {});
    }

    @AfterAll
    static void close() throws InterruptedException {
        daemon.tryCall(Call.delete("remove", "/images/" + IMAGE + "?force=true", Duration.ofSeconds(20)));
        daemon.close();
    }

    @BeforeEach
    void layOut() throws Exception {
        workspace = Files.createDirectory(directory.resolve("workspace"));
        Files.writeString(workspace.resolve("source"), "as it was");
        out = Files.createDirectory(directory.resolve("out"));
        Files.setPosixFilePermissions(workspace, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.setPosixFilePermissions(out, PosixFilePermissions.fromString("rwxrwxrwx"));
        freeBefore = directory.toFile().getUsableSpace();
        heapBefore = liveHeap();
        begin = System.nanoTime();
    }

    @AfterEach
    void allIsWell() throws Exception {
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(DEADLINE.plus(PATIENCE));
        assertThat(daemon.guard.ping()).isPositive();
        daemon.assertNothingLeft();
        assertThat(processesOf(65534))
                .as("processes of a container that outlive it")
                .isEmpty();
        assertThat(workspace.resolve("source")).hasContent("as it was");
        try (Stream<Path> files = Files.list(workspace)) {
            assertThat(files).hasSize(1);
        }
        assertThat(freeBefore - directory.toFile().getUsableSpace())
                .as("disk space used up")
                .isLessThan(512L << 20);
        assertThat(liveHeap() - heapBefore).as("memory held on to").isLessThan(64L << 20);
        ContainerExit after = daemon.guard.run(TestDaemon.shell("echo well").build(), ContainerListener.NONE);
        assertThat(after)
                .isInstanceOfSatisfying(
                        ContainerExit.Exited.class, e -> assertThat(e.code()).isZero());
    }

    /** What garbage there is depends on the collector's mood, and on how much memory the machine has. */
    private static long liveHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** On the host: a container's processes are seen there, under the user it runs as. */
    private static Set<String> processesOf(int uid) throws Exception {
        Set<String> found = new HashSet<>();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes
                    .filter(path -> path.getFileName().toString().matches("[0-9]+"))
                    .toList()) {
                try {
                    String status = Files.readString(process.resolve("status"));
                    if (status.contains("\nUid:\t" + uid + "\t") && status.contains("busybox")) {
                        found.add(status.lines().findFirst().orElse(""));
                    }
                } catch (IOException e) {
                    assertThat(process)
                            .as("only a process that ended cannot be read")
                            .doesNotExist();
                }
            }
        }
        return found;
    }

    private ContainerExit run(String script) throws InterruptedException {
        return run(script, Limits.DEFAULT.withMemoryBytes(MEMORY).withPids(64));
    }

    private ContainerExit run(String script, Limits limits) throws InterruptedException {
        ContainerRequest request = ContainerRequest.builder(IMAGE, "hostile", "step")
                .entrypoint("sh", "-c", script)
                .limits(limits)
                .mount(new Mount.ReadOnlyBind(workspace, "/workspace"))
                .mount(new Mount.OutputDirectory(out, "/out", 16L << 20, 1000))
                .deadline(DEADLINE)
                .build();
        return daemon.guard.run(request, listener);
    }

    /** Runs each, and asserts that none had the effect it was after. */
    private void refused(String... attempts) throws InterruptedException {
        StringBuilder script = new StringBuilder();
        for (String attempt : attempts) {
            script.append("if (").append(attempt).append(") >/tmp/log 2>&1; then echo 'WORKED: ");
            script.append(attempt.replace("'", "")).append("'; elif [ $? = 127 ]; then echo 'no such program: ");
            script.append(attempt.replace("'", "")).append("'; else echo 'refused: ");
            script.append(attempt.replace("'", "")).append("'; fi\n");
        }
        ContainerExit exit = run(script.toString());

        assertThat(exit)
                .isInstanceOfSatisfying(
                        ContainerExit.Exited.class, e -> assertThat(e.code()).isZero());
        assertThat(listener.stdout).hasSize(attempts.length).allMatch(line -> line.startsWith("refused: "));
    }

    @Test
    void forkBomb() throws InterruptedException {
        ContainerExit exit = run("bomb() { bomb | bomb & }; bomb; while :; do sleep 1; done");

        // What ends it is up to the kernel: no process for the shell, no memory, or the deadline.
        assertThat(exit)
                .isInstanceOfAny(
                        ContainerExit.DeadlineExceeded.class,
                        ContainerExit.Exited.class,
                        ContainerExit.OutOfMemory.class);
        if (exit instanceof ContainerExit.Exited exited) {
            assertThat(exited.code()).isNotZero();
        }
        assertThat(exit.summary().stats().samples()).allMatch(sample -> sample.pids() <= 64);
    }

    @Test
    void memoryHog() throws InterruptedException {
        ContainerExit exit = run("x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done");

        daemon.assertOutOfMemory(exit, MEMORY);
    }

    /** Files in memory count as memory. */
    @Test
    void memoryHogByFiles() throws InterruptedException {
        ContainerExit exit =
                run("i=0; while [ $i -lt 100 ]; do head -c 4000000 /dev/zero >/tmp/$i || exit 9; i=$((i+1)); done");

        assertThat(exit).isNotInstanceOf(ContainerExit.DeadlineExceeded.class);
        if (exit instanceof ContainerExit.Exited exited) {
            assertThat(exited.code()).isNotZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "head -c 100000000 /dev/zero >/out/f; sleep 30",
                "while :; do cat /bin/busybox >>/out/f; done",
                "i=0; while :; do head -c 1000000 /dev/zero >/out/$i; i=$((i+1)); done",
                "i=0; while :; do : >/out/$i; i=$((i+1)); done"
            })
    void diskFiller(String script) throws InterruptedException {
        assertThat(run(script)).isInstanceOf(ContainerExit.OutputLimitExceeded.class);
    }

    @Test
    void diskFillerByFilesThatAreGone() throws InterruptedException {
        // Open and deleted, a file cannot be seen from outside: the kernel's bound on one file is what holds.
        ContainerExit exit = run("exec 3>/out/f; rm /out/f; cat /dev/zero >&3; echo stopped $?; sleep 30");

        assertThat(exit).isInstanceOf(ContainerExit.DeadlineExceeded.class);
        assertThat(listener.stdout)
                .singleElement()
                .asString()
                .startsWith("stopped")
                .doesNotEndWith(" 0");
    }

    @Test
    void logFlood() throws InterruptedException {
        ContainerExit exit = run("yes flood & yes flood >&2");

        assertThat(exit).isInstanceOf(ContainerExit.DeadlineExceeded.class);
        assertThat(exit.summary().stderrTail()).hasSizeLessThanOrEqualTo(RunSummary.TAIL_LINES);
        // Kept by the test itself: the guard keeps none of it.
        listener.stdout.clear();
        listener.stderr.clear();
    }

    @Test
    void logFloodOfOneThatIsKeptByTheDaemon() throws InterruptedException {
        ContainerRequest request = ContainerRequest.builder(IMAGE, "hostile", "step")
                .entrypoint("sh", "-c", "yes 'a flood that the daemon writes to its disk'")
                .limits(Limits.DEFAULT.withMemoryBytes(MEMORY))
                .deadline(DEADLINE)
                .build();

        ContainerExit exit = daemon.guard.run(request, new Takeover("x"), ContainerListener.NONE);

        assertThat(exit).isInstanceOf(ContainerExit.DeadlineExceeded.class);
    }

    @Test
    void zombieMaker() throws InterruptedException {
        // Orphans by the hundred, more than there may be processes: without an init they would stay as zombies.
        ContainerExit exit = run(
                "i=0; while [ $i -lt 300 ]; do (sh -c 'true & exit 0') || exit 9; i=$((i+1)); done; echo all",
                Limits.DEFAULT.withMemoryBytes(MEMORY).withCpus(2).withPids(32));

        if (exit instanceof ContainerExit.Exited exited) {
            assertThat(exited.code()).isZero();
            assertThat(listener.stdout).containsExactly("all");
        } else {
            // The host was too slow for so many processes.
            assertThat(exit).isInstanceOf(ContainerExit.DeadlineExceeded.class);
        }
    }

    @Test
    void sigtermIgnored() throws InterruptedException {
        assertThat(run("trap '' TERM INT HUP QUIT; echo up; while :; do sleep 1; done"))
                .isInstanceOf(ContainerExit.DeadlineExceeded.class);
    }

    /** A stopped process gets no SIGTERM; SIGKILL it gets. */
    @Test
    void selfStopped() throws InterruptedException {
        assertThat(run("kill -STOP $$; sleep 30")).isInstanceOf(ContainerExit.DeadlineExceeded.class);
    }

    @Test
    void writesToTheWorkspace() throws InterruptedException {
        refused(
                "echo x >/workspace/new",
                "echo x >/workspace/source",
                "rm /workspace/source",
                "mv /workspace/source /workspace/moved",
                "chmod 0777 /workspace/source",
                "ln /workspace/source /out/hard",
                "mount -o remount,rw /workspace",
                "mkdir /workspace/d",
                "touch /workspace/source");
    }

    @Test
    void writesToItsOwnRoot() throws InterruptedException {
        refused(
                "echo x >/new",
                "echo x >>/bin/busybox",
                "rm /setuid/busybox",
                "mount -o remount,rw /",
                "echo x >/etc/passwd");
    }

    @Test
    void network() throws InterruptedException {
        refused(
                "ping -c 1 -W 1 1.1.1.1",
                "wget -T 2 -O /tmp/x http://1.1.1.1/",
                "nslookup example.com 1.1.1.1",
                "ip link add dummy0 type dummy",
                "ip addr add 10.9.9.9/8 dev lo",
                "ls /sys/class/net/eth0",
                "nc -w 1 172.17.0.1 22 </dev/null");
    }

    @Test
    void procAndCgroup() throws InterruptedException {
        refused(
                "echo x >/proc/sys/kernel/core_pattern",
                "echo 0 >/proc/sys/kernel/randomize_va_space",
                "echo b >/proc/sysrq-trigger",
                "echo 1 >/proc/sys/net/ipv4/ip_forward",
                "echo -1000 >/proc/1/oom_score_adj",
                "head -c 1 /proc/kcore | grep -q .",
                "head -c 1 /proc/timer_list | grep -q .",
                "echo max >/sys/fs/cgroup/pids/pids.max",
                "echo -1 >/sys/fs/cgroup/memory/memory.limit_in_bytes",
                "echo max >/sys/fs/cgroup/pids.max",
                "mkdir /sys/fs/cgroup/memory/x",
                "mkdir /sys/fs/cgroup/x",
                "mount -t cgroup -o memory cgroup /tmp",
                "mount -t proc proc /tmp",
                "echo x >/sys/kernel/uevent_helper");
    }

    @Test
    void devicesAndNamespaces() throws InterruptedException {
        refused(
                "mknod /out/disk b 8 0",
                "mknod /tmp/mem c 1 1",
                // Podman's system call filter lets a process be root among users of its own; that makes nothing
                // writable.
                daemon.podman() ? "unshare -r -m mount -o remount,rw /" : "unshare -U true",
                "unshare -r -m mount -o remount,rw,bind /workspace",
                "unshare -m true",
                "nsenter -t 1 -m true",
                "chroot / true",
                "hostname other",
                "date -s 2000-01-01; test $(date +%Y) = 2000",
                "dmesg",
                "ls /dev/sda",
                "ls /var/run/docker.sock",
                "insmod /bin/busybox",
                "renice -n -5 -p $$");
    }

    @Test
    void setuidProgramsGiveNothing() throws InterruptedException {
        ContainerExit exit = run(
                "/setuid/busybox id -u; /bin/busybox id -u; stat -c '%a %u' /setuid/busybox; grep -E 'NoNewPrivs|CapEff|CapBnd|CapAmb' /proc/self/status");

        assertThat(exit).isInstanceOf(ContainerExit.Exited.class);
        assertThat(listener.stdout.subList(0, 3)).containsExactly("65534", "65534", "6755 0");
        assertThat(listener.stdout.stream().map(line -> line.replaceAll("\\s+", " ")))
                .contains("CapEff: 0000000000000000", "CapBnd: 0000000000000000", "NoNewPrivs: 1");
    }

    /** What it makes in the output is no program of root's on the host. */
    @Test
    void setuidFilesInTheOutputAreTheUsersOwn() throws Exception {
        run(
                "cp /bin/busybox /out/b; chmod 6777 /out/b; chown 0:0 /out/b; ln -s /etc/passwd /out/link; mkfifo /out/pipe");

        assertThat(Files.getAttribute(out.resolve("b"), "unix:uid")).isEqualTo(65534);
    }

    @Test
    void itSaysWhyByItself() throws InterruptedException {
        List<ContainerExit> exits =
                List.of(run("exit 3"), run("kill -SEGV $$"), run("kill -KILL $$"), run("exec /no/such/program"));

        assertThat(exits)
                .extracting(exit -> ((ContainerExit.Exited) exit).code())
                .containsExactly(3, 139, 137, 127);
    }

    @Test
    void highUseIsToldOnce() throws InterruptedException {
        ContainerExit exit = run("while :; do :; done");

        assertThat(exit).isInstanceOf(ContainerExit.DeadlineExceeded.class);
        assertThat(exit.summary().stats().samples()).hasSizeGreaterThan(1);
        Optional<StatsAlert> alert = exit.summary().stats().alerts().stream()
                .filter(one -> one.metric() == StatsAlert.Metric.CPU)
                .findFirst();
        assertThat(exit.summary().stats().alerts()).hasSizeLessThanOrEqualTo(2);
        // On a host that gives it less than it may use there is nothing to tell of.
        boolean used = exit.summary().stats().samples().stream().anyMatch(sample -> sample.cpuPercent() > 80);
        assertThat(alert.isPresent()).isEqualTo(used);
        assertThat(listener.alerts).isEqualTo(exit.summary().stats().alerts());
    }
}
