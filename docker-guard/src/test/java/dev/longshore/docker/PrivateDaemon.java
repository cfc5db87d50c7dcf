package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.transport.DockerHttpClient.Request;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A dockerd of the test's own, that can be hurt without anybody noticing. Needs root. */
final class PrivateDaemon {
    private static final Duration START = Duration.ofSeconds(60);

    final Path socket;
    private final Path directory;
    private final List<String> options;
    private Process process;

    PrivateDaemon(Path directory) throws IOException, InterruptedException {
        this(directory, List.of());
    }

    /** @param options further ones of dockerd's */
    PrivateDaemon(Path directory, List<String> options) throws IOException, InterruptedException {
        this.directory = directory;
        this.options = List.copyOf(options);
        this.socket = directory.resolve("docker.sock");
        this.process = start();
        boolean ready = false;
        try {
            awaitReady();
            ready = true;
        } finally {
            if (!ready) {
                stop();
            }
        }
    }

    DockerSettings settings() {
        return DockerSettings.of("private-test")
                .withDockerHost("unix://" + socket)
                .withStopGrace(Duration.ofSeconds(1));
    }

    private Process start() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "dockerd",
                "--data-root=" + directory.resolve("data"),
                "--exec-root=" + directory.resolve("exec"),
                "--pidfile=" + directory.resolve("docker.pid"),
                "--host=unix://" + socket,
                "--bridge=none",
                "--iptables=false",
                "--ip6tables=false"));
        command.addAll(options);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("dockerd.log").toFile()))
                .start();
    }

    void restart() throws IOException, InterruptedException {
        process = start();
        awaitReady();
    }

    /** Asks until the daemon answers, past every guard's state. */
    void awaitReady() throws IOException, InterruptedException {
        try (GuardedDocker guard = GuardedDocker.open(settings())) {
            boolean ready = Waiting.until(START, () -> answers(guard) || !process.isAlive());
            if (!ready || !process.isAlive()) {
                throw new AssertionError(
                        "the private daemon did not start:\n" + Files.readString(directory.resolve("dockerd.log")));
            }
        }
    }

    private static boolean answers(GuardedDocker guard) throws InterruptedException {
        try {
            guard.ping();
            return true;
        } catch (DockerFailureException e) {
            return false;
        }
    }

    void signal(String name) throws IOException, InterruptedException {
        assertThat(Programs.run("kill", "-" + name, Long.toString(process.pid())))
                .isZero();
    }

    /** Stops all of its threads, until it gets a CONT. */
    void freeze() throws IOException, InterruptedException {
        signal("STOP");
        // Threads in the middle of something go on until the kernel gets at them: the daemon could still answer.
        assertThat(Waiting.until(Duration.ofSeconds(10), this::isFrozen)).isTrue();
    }

    private boolean isFrozen() throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
            for (Path thread : threads.toList()) {
                if (!Files.readString(thread.resolve("status")).contains("\nState:\tT")) {
                    return false;
                }
            }
            return true;
        } catch (NoSuchFileException e) {
            return false; // that thread just ended
        }
    }

    void awaitEnd() throws IOException, InterruptedException {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        // A killed daemon's containerd follows it. One that starts before that takes it for alive and waits for it in
        // vain.
        assertThat(Waiting.until(Duration.ofSeconds(30), () -> !containerdRuns()))
                .as("containerd ends too")
                .isTrue();
    }

    private boolean containerdRuns() throws IOException {
        Path pid = directory.resolve("exec/containerd/containerd.pid");
        try {
            return Files.exists(Path.of("/proc/" + Files.readString(pid).strip()));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Brings an image over from another daemon. */
    void copyImage(DaemonConnection from, String image) throws InterruptedException {
        byte[] tar;
        try (DaemonStreams streams = from.openStreams()) {
            tar = streams.open(
                            Call.get("save", "/images/" + image + "/get", START),
                            Request.builder(),
                            InputStream::readAllBytes)
                    .awaitResult("save", START);
        }
        try (DaemonConnection to = new DaemonConnection(
                        settings(), GuardedDocker.open(settings()).endpoint(), CallObserver.NONE);
                DaemonStreams streams = to.openStreams()) {
            streams.open(
                            Call.post("load", "/images/load", null, START),
                            Request.builder()
                                    .putHeader("Content-Type", "application/x-tar")
                                    .body(new ByteArrayInputStream(tar)),
                            InputStream::readAllBytes)
                    .awaitResult("load", START);
        }
    }

    /** Stops it and removes all it made, and its directory with whatever else is mounted there. */
    void stop() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        remove(directory);
    }

    /** Removes a daemon's directory with whatever is mounted there; also one that never had a daemon, or has none any more. */
    static void remove(Path directory) throws IOException, InterruptedException {
        // A daemon mounts its data directory on itself, and one that was killed leaves more.
        List<String> mounts = Files.readAllLines(Path.of("/proc/self/mounts"));
        Collections.reverse(mounts);
        for (String mount : mounts) {
            String point = mount.split(" ", -1)[1];
            if (point.startsWith(directory + "/")) {
                Programs.run("umount", "--lazy", point);
            }
        }
        Programs.run("rm", "-rf", "--one-file-system", directory.toString());
    }
}
