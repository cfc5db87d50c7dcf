package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.run.RunState;
import dev.longshore.run.StepState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The audit log that whole programs write, and {@code longshore audit} on it. */
@Tag("docker")
class AuditTest {
    private static final String NOTHING = ": >/out/nodes.jsonl; : >/out/edges.jsonl";

    @TempDir
    Path temp;

    private static List<JsonNode> lines(Path directory, String event, String operation) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(directory.resolve("audit.jsonl"))) {
            JsonNode json = new JsonMapper().readTree(line);
            if (json.path("event").asText().equals(event)
                    && json.path("operation").asText().equals(operation)) {
                lines.add(json);
            }
        }
        return lines;
    }

    @Test
    void anIngestTellsOfItsContainerAndAChangedLineShows() throws Exception {
        Workplace place = new Workplace(temp);
        Path log = temp.resolve("audit");
        Path key = temp.resolve("key");
        place.call("audit", "new-key", key).run().exits(0);

        JsonNode run = place.call(
                        "ingest",
                        place.source,
                        "-o",
                        place.out,
                        "--json",
                        "--pipeline",
                        place.pipeline(NOTHING, ""),
                        "--audit",
                        log)
                .with("LONGSHORE_AUDIT_KEY", key)
                .run()
                .exits(0)
                .json();

        List<JsonNode> created = lines(log, "begun", "create").stream()
                .filter(line -> line.path("step").asText().equals("probe"))
                .toList();
        assertThat(created).hasSize(1);
        assertThat(created.get(0).path("run").asText())
                .isEqualTo(run.path("run").asText());
        assertThat(created.get(0).path("image").asText()).isEqualTo(Daemon.busybox());
        assertThat(lines(log, "call", "remove"))
                .extracting(line -> line.path("target").asText())
                .contains(created.get(0).path("target").asText());
        JsonNode verified = place.call("audit", "verify", log, "--audit-key", key, "--json")
                .run()
                .exits(0)
                .json();
        assertThat(verified.path("ok").asBoolean()).isTrue();
        place.call("audit", "verify", log).run().exits(2);

        Path file = log.resolve("audit.jsonl");
        Files.writeString(file, Files.readString(file).replaceFirst("\"begun\"", "\"ended\""));
        assertThat(place.call("audit", "verify", log, "--audit-key", key)
                        .run()
                        .exits(1)
                        .out())
                .contains("audit.jsonl:")
                .contains(": changed: number ");
    }

    @Test
    void aFullDiskBelowTheLogFailsTheStepAndCreatesNothing() throws Exception {
        Workplace place = new Workplace(temp);
        Path disk = Files.createDirectory(temp.resolve("disk"));
        Command.run("mount", "-t", "tmpfs", "-o", "size=64k", "longshore-test", disk.toString());
        try {
            Path log = disk.resolve("audit");
            place.call("doctor", place.source, "--audit", log).run();
            Path filling = disk.resolve("filling");
            Command.run("sh", "-c", "cat /dev/zero >" + filling + " 2>/dev/null || :");
            JsonNode failure = place.call(
                            "ingest",
                            place.source,
                            "-o",
                            place.out,
                            "--json",
                            "--pipeline",
                            place.pipeline(NOTHING, ""),
                            "--audit",
                            log)
                    .run()
                    .json()
                    .path("failure");

            assertThat(failure.path("code").asText()).isEqualTo("DOCKER_AUDIT_UNAVAILABLE");
            assertThat(failure.path("message").asText()).containsIgnoringCase("no space left");
            assertThat(Daemon.offered().containersUsing(temp)).isEmpty();
        } finally {
            Command.run("umount", disk.toString());
        }
    }

    @Test
    @Tag("redis")
    void severalWorkersWriteOneLogThoughOneIsKilled() throws Exception {
        Path log = temp.resolve("audit");
        try (PoolPlace pool = new PoolPlace(temp)) {
            Longshore.Running first = worker(pool, log);
            String run = enqueue(pool, "while true; do sleep 1; done");
            pool.awaitStep(run, "probe", StepState.RUNNING);
            Waiting.until(() -> !Daemon.offered().containersUsing(temp).isEmpty(), "the container is there");
            worker(pool, log);
            first.signal("KILL");
            first.await();
            Waiting.until(() -> pool.step(run, "probe").attempt() == 2, "the other makes the step again");
            pool.cancel(run);
            Waiting.until(() -> Daemon.offered().containersUsing(temp).isEmpty(), "the containers are gone");
            pool.awaitState(enqueue(pool, NOTHING), RunState.SUCCEEDED);

            JsonNode verified =
                    pool.call("audit", "verify", log, "--json").run().exits(0).json();

            assertThat(verified.path("findings")).isEmpty();
            Set<String> processes = new TreeSet<>();
            lines(log, "begun", "create")
                    .forEach(line -> processes.add(line.path("process").asText()));
            assertThat(processes).hasSize(2);
        }
    }

    private static Longshore.Running worker(PoolPlace pool, Path log) throws IOException, InterruptedException {
        return pool.started(
                pool.call("worker", "--no-image-build", "--grace", "1s").with("LONGSHORE_AUDIT", log));
    }

    private static String enqueue(PoolPlace pool, String script) throws IOException, InterruptedException {
        Path pipeline = pool.place.pipeline(script, "");
        return pool.call("enqueue", pool.place.source, "-o", pool.place.out, "--pipeline", pipeline)
                .run()
                .exits(0)
                .out()
                .strip();
    }
}
