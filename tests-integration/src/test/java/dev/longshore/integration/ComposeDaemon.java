package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A dockerd of the test's own in a network of its own, where it may do with the packet filter as it does on any machine: what
 * other daemons and firewalls of this machine have said to it holds elsewhere. Needs root.
 */
final class ComposeDaemon implements AutoCloseable {
    /** The socket's group, which has no name here. */
    static final int GROUP = 42_424;

    final Path socket;
    private final Path directory;
    private final Process process;

    ComposeDaemon(Path directory) throws IOException, InterruptedException {
        assertThat(Command.run("id", "-u").strip())
                .as("only root can start a daemon: run ./verify as root")
                .isEqualTo("0");
        this.directory = Files.createDirectories(directory);
        this.socket = directory.resolve("docker.sock");
        // Not the machine's own settings.
        Path settings = Files.writeString(directory.resolve("daemon.json"), "{}\n");
        this.process = new ProcessBuilder(
                        "unshare",
                        "--net",
                        "sh",
                        "-c",
                        "ip link set lo up && exec dockerd \"$@\"",
                        "dockerd",
                        "--config-file=" + settings,
                        "--data-root=" + directory.resolve("data"),
                        "--exec-root=" + directory.resolve("exec"),
                        "--pidfile=" + directory.resolve("docker.pid"),
                        "--host=unix://" + socket,
                        "--group=" + GROUP,
                        "--shutdown-timeout=5")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("dockerd.log").toFile())
                .start();
        awaitReady();
    }

    private void awaitReady() throws IOException, InterruptedException {
        Waiting.until(
                () -> {
                    if (!process.isAlive()) {
                        throw new AssertionError(
                                "dockerd ended:\n" + Files.readString(directory.resolve("dockerd.log")));
                    }
                    return Files.exists(socket)
                            && Command.result(
                                                    Path.of("."),
                                                    List.of(
                                                            "curl",
                                                            "-sf",
                                                            "--unix-socket",
                                                            socket.toString(),
                                                            "http://d/_ping"))
                                            .exit()
                                    == 0;
                },
                "dockerd answers");
    }

    String host() {
        return "unix://" + socket;
    }

    /** Makes an image of an archive that ./verify has made. */
    void importImage(String name, String archiveVariable, String... changes) throws IOException, InterruptedException {
        String archive = System.getenv(archiveVariable);
        assertThat(archive)
                .as(archiveVariable + ": this test needs it; ./verify makes it")
                .isNotBlank();
        List<String> command = new java.util.ArrayList<>(
                List.of("env", "DOCKER_HOST=" + host(), "../scripts/import-image", name, String.valueOf(archive)));
        command.addAll(List.of(changes));
        Command.run(command.toArray(String[]::new));
    }

    /** The status with which a server that only the daemon's network reaches answers. */
    String httpStatus(String... curl) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of(
                "nsenter",
                "--net=/proc/" + process.pid() + "/ns/net",
                "curl",
                "--silent",
                "--max-time",
                "20",
                "--output",
                "/dev/null",
                "--write-out",
                "%{http_code}"));
        command.addAll(List.of(curl));
        return Command.result(Path.of("."), command).output().strip();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(40, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        // What a daemon leaves mounted would keep its directory from being deleted.
        Command.run("../scripts/unmount-below", directory.toString());
        Command.run("rm", "-rf", "--one-file-system", directory.toString());
    }
}
