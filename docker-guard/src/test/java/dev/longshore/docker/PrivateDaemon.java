package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.transport.DockerHttpClient.Request;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A dockerd of the test's own, that can be hurt without anybody noticing. Needs root. */
final class PrivateDaemon {
    private static final Duration START = Duration.ofSeconds(60);

    final Path socket;
    private final Path directory;
    private Process process;

    PrivateDaemon(Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        this.socket = directory.resolve("docker.sock");
        this.process = start();
        awaitReady();
    }

    DockerSettings settings() {
        return DockerSettings.of("private-test")
                .withDockerHost("unix://" + socket)
                .withStopGrace(Duration.ofSeconds(1));
    }

    private Process start() throws IOException {
        return new ProcessBuilder(
                        "dockerd",
                        "--data-root=" + directory.resolve("data"),
                        "--exec-root=" + directory.resolve("exec"),
                        "--pidfile=" + directory.resolve("docker.pid"),
                        "--host=unix://" + socket,
                        "--bridge=none",
                        "--iptables=false",
                        "--ip6tables=false")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("dockerd.log").toFile()))
                .start();
    }

    void restart() throws IOException, InterruptedException {
        process = start();
        awaitReady();
    }

    private void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + START.toNanos();
        try (GuardedDocker guard = GuardedDocker.open(settings())) {
            while (true) {
                try {
                    guard.ping();
                    return;
                } catch (DockerFailureException e) {
                    if (System.nanoTime() > end || !process.isAlive()) {
                        throw new AssertionError(
                                "the private daemon did not start:\n"
                                        + Files.readString(directory.resolve("dockerd.log")),
                                e);
                    }
                    TimeUnit.MILLISECONDS.sleep(50);
                }
            }
        }
    }

    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    void awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    /** Brings an image over from another daemon. */
    void copyImage(DaemonConnection from, String image) throws InterruptedException {
        byte[] tar;
        try (DaemonStreams streams = from.openStreams()) {
            tar = streams.open(
                            "save",
                            Request.builder().method(Request.Method.GET),
                            "/images/" + image + "/get",
                            InputStream::readAllBytes)
                    .awaitResult("save", START);
        }
        try (DaemonConnection to = new DaemonConnection(
                        settings(), GuardedDocker.open(settings()).endpoint());
                DaemonStreams streams = to.openStreams()) {
            streams.open(
                            "load",
                            Request.builder()
                                    .method(Request.Method.POST)
                                    .putHeader("Content-Type", "application/x-tar")
                                    .body(new ByteArrayInputStream(tar)),
                            "/images/load",
                            InputStream::readAllBytes)
                    .awaitResult("load", START);
        }
    }

    /** Stops it and removes all it made. */
    void stop() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        // A daemon mounts its data directory on itself, and one that was killed leaves more.
        List<String> mounts = Files.readAllLines(Path.of("/proc/self/mounts"));
        Collections.reverse(mounts);
        for (String mount : mounts) {
            String point = mount.split(" ", -1)[1];
            if (point.startsWith(directory + "/")) {
                new ProcessBuilder("umount", "--lazy", point)
                        .inheritIO()
                        .start()
                        .waitFor();
            }
        }
        new ProcessBuilder("rm", "-rf", "--one-file-system", directory.toString())
                .inheritIO()
                .start()
                .waitFor();
    }
}
