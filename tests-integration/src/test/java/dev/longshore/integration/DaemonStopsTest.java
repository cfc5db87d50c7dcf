package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that goes away in the middle of a step: one of the test's own, started with scripts/dockerd. Needs root. */
@Tag("docker")
class DaemonStopsTest {
    @TempDir
    Path temp;

    private Workplace place;
    private Path directory;
    private Daemon daemon;
    private Process dockerd;

    @BeforeEach
    void startDaemon() throws IOException, InterruptedException {
        assertThat(Command.run("id", "-u").strip())
                .as("this test starts a daemon, which only root can: run ./verify as root")
                .isEqualTo("0");
        place = new Workplace(temp);
        // The path of a socket may not be longer than about 100 bytes.
        directory = Files.createTempDirectory(Path.of("/tmp"), "lsd");
        daemon = new Daemon(directory.resolve("docker.sock"));
        dockerd = start();
        Path image = temp.resolve("image.tar");
        Command.run(
                "curl",
                "--silent",
                "--fail",
                "--max-time",
                "60",
                "--unix-socket",
                offeredSocket(),
                "--output",
                image.toString(),
                "http://localhost/images/" + Daemon.busybox() + "/get");
        Command.run(
                "curl",
                "--silent",
                "--fail",
                "--max-time",
                "60",
                "--unix-socket",
                directory.resolve("docker.sock").toString(),
                "--header",
                "Content-Type: application/x-tar",
                "--data-binary",
                "@" + image,
                "http://localhost/images/load");
    }

    private static String offeredSocket() {
        return Daemon.offered().host().substring("unix://".length());
    }

    private Process start() throws IOException, InterruptedException {
        Process started = new ProcessBuilder(
                        Repository.root().resolve("scripts/dockerd").toString(),
                        directory.toString(),
                        directory.resolve("data").toString(),
                        "vfs",
                        "none")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("log").toFile()))
                .start();
        List<String> ping = List.of(
                "curl",
                "--silent",
                "--max-time",
                "5",
                "--unix-socket",
                directory.resolve("docker.sock").toString(),
                "http://localhost/_ping");
        Waiting.until(() -> Command.result(temp, ping).exit() == 0, "the daemon answers");
        return started;
    }

    @AfterEach
    void stopDaemon() throws IOException, InterruptedException {
        dockerd.destroy();
        if (!dockerd.waitFor(40, TimeUnit.SECONDS)) {
            dockerd.destroyForcibly().waitFor();
        }
        Command.run(Repository.root().resolve("scripts/unmount-below").toString(), directory.toString());
        Command.run("rm", "-rf", "--one-file-system", directory.toString());
    }

    private Longshore ingest(String script) throws IOException {
        return place.call("ingest", place.source, "-o", place.out, "--json", "--pipeline", place.pipeline(script, ""))
                .with("DOCKER_HOST", daemon.host());
    }

    @Test
    void failsTheStepWithTheFixAndKeepsTheOldGraph() throws Exception {
        ingest(": >/out/nodes.jsonl; : >/out/edges.jsonl").run().exits(0);
        GraphBytes before = GraphBytes.of(place.out);
        Longshore.Running running = ingest(
                        "echo '{\"progress\":{\"message\":\"at work\"}}'; while true; do sleep 1; done")
                .start();
        daemon.awaitStepContainer(temp);

        dockerd.destroy();
        assertThat(dockerd.waitFor(40, TimeUnit.SECONDS)).isTrue();

        Longshore.Ended ended = running.await().exits(1);
        JsonNode probe = ended.json().path("steps").get(1);
        assertThat(probe.path("state").asText()).isEqualTo("FAILED");
        assertThat(probe.path("failure").path("message").asText()).isNotEmpty();
        assertThat(probe.path("failure").path("fix").asText()).isNotEmpty();
        assertThat(GraphBytes.of(place.out)).isEqualTo(before);

        dockerd = start();
        ingest(": >/out/nodes.jsonl; : >/out/edges.jsonl").run().exits(0);
        assertThat(daemon.containersUsing(temp)).as("containers").isEmpty();
    }
}
