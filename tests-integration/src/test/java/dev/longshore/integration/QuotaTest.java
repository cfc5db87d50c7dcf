package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two ingests at once whose containers may not run at once. */
@Tag("docker")
class QuotaTest {
    private final Daemon daemon = Daemon.offered();

    @TempDir
    Path temp;

    private Workplace first;
    private Workplace second;

    @BeforeEach
    void makePlaces() throws IOException {
        first = new Workplace(Files.createDirectory(temp.resolve("first")));
        second = new Workplace(Files.createDirectory(temp.resolve("second")));
    }

    private static Longshore ingest(Workplace place, Path policy, String script) throws IOException {
        return place.call(
                "ingest",
                place.source,
                "-o",
                place.out,
                "--json",
                "--policy",
                policy,
                "--pipeline",
                place.pipeline(script + "\n: >/out/nodes.jsonl; : >/out/edges.jsonl", "limits: {memory: 300MiB}"));
    }

    /** Room for one step and the canary of a preflight. */
    private Path memory() throws IOException {
        return policy("memory: 400MiB");
    }

    private Path policy(String quota) throws IOException {
        return Files.writeString(temp.resolve("policy.yaml"), """
                version: 1
                images: [ { repository: "**", pin: none } ]
                binds: { read: [ / ], write: [ / ] }
                quotas: { worker: { %s } }
                """.formatted(quota));
    }

    private Longshore.Ended afterTheFirst(Path policy, String waits) throws Exception {
        Longshore.Running holder = ingest(first, policy, "until [ -e /workspace/go ]; do sleep 0.1; done")
                .start();
        daemon.awaitStepContainer(first.temp);
        Longshore.Running waiter = ingest(second, policy, "").start();

        waiter.awaitErr(err -> err.contains(waits));
        assertThat(daemon.containersUsing(second.temp)).isEmpty();
        Files.createFile(first.source.resolve("go"));

        holder.await().exits(0);
        Longshore.Ended ended = waiter.await().exits(0);
        assertThat(daemon.containersUsing(temp)).isEmpty();
        return ended;
    }

    /** The pipeline gives the step one attempt: waiting has not used it up. */
    @Test
    void aStepWaitsForAPlaceWithoutUsingUpItsAttempts() throws Exception {
        JsonNode probe = afterTheFirst(
                        memory(), "probe waits for another attempt: over the quota of this worker: memory")
                .json()
                .path("steps")
                .get(1);

        assertThat(probe.path("state").asText()).isEqualTo("SUCCEEDED");
    }

    @Test
    void aPreflightWaitsForAPlace() throws Exception {
        Longshore.Ended ended =
                afterTheFirst(policy("containers: 1"), "preflight waits: over the quota of this worker: containers");

        assertThat(ended.json().path("state").asText()).isEqualTo("SUCCEEDED");
        assertThat(ended.json().has("failure")).isFalse();
    }
}
