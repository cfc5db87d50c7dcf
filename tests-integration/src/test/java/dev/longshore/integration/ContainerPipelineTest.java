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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pipelines with a container of the user's own, well behaved and hostile. */
@Tag("docker")
class ContainerPipelineTest {
    private final Daemon daemon = Daemon.offered();

    @TempDir
    Path temp;

    private Workplace place;

    @BeforeEach
    void makePlace() throws IOException {
        place = new Workplace(temp);
    }

    private Longshore.Ended ingest(String script) throws IOException, InterruptedException {
        return place.call("ingest", place.source, "-o", place.out, "--json", "--pipeline", place.pipeline(script, ""))
                .run();
    }

    private void assertNothingLeft() throws IOException, InterruptedException {
        place.assertNothingLeft();
        assertThat(daemon.containersUsing(temp)).as("containers").isEmpty();
    }

    @Test
    void whatTheContainerWritesIsInTheGraph() throws Exception {
        Longshore.Ended ended = ingest("""
                        set -eu
                        [ "$(tr '\\0' ' ' </in/files)" = "a.py " ]
                        cat /workspace/a.py >/dev/null
                        echo '{"id":"f","labels":["File"],"properties":{"path":"a.py"}}' >/out/nodes.jsonl
                        echo '{"id":"d","labels":["Function"],"properties":{"path":"a.py","name":"first","qualifiedName":"first","startLine":1,"endLine":2,"language":"python"}}' >>/out/nodes.jsonl
                        echo '{"source":"f","target":"d","type":"DEFINES","properties":{}}' >/out/edges.jsonl
                        """).exits(0);

        JsonNode probe = ended.json().path("steps").get(1);
        assertThat(probe.path("nodes").path("Function").asInt()).isEqualTo(1);
        assertThat(probe.path("edges").path("DEFINES").asInt()).isEqualTo(1);
        assertThat(Files.readAllLines(place.out.resolve("nodes.jsonl")))
                .as("repository, file and function: the container's file is the filesystem step's")
                .hasSize(3);
        assertThat(Files.readString(place.out.resolve("edges.jsonl"))).contains("CONTAINS", "DEFINES");
        assertNothingLeft();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"id":                                                                  |                                             | nodes.jsonl:1
            {"id":"f","labels":["File"],"properties":{"path":"../etc/passwd"}}      |                                             | nodes.jsonl:1
            {"id":"f","labels":["File"],"properties":{"path":"/etc/passwd"}}        |                                             | nodes.jsonl:1
            {"id":"f","labels":["Secret"],"properties":{"path":"a.py"}}             |                                             | nodes.jsonl:1
            {"id":"f","labels":["File"],"properties":{"path":"a.py"}}               | {"source":"f","target":"g","type":"DEFINES","properties":{}} | edges.jsonl:1
            {"id":"f","labels":["File"],"properties":{"path":"a.py"}}               | {"source":"f","target":"f","type":"EATS","properties":{}}    | edges.jsonl:1
            """)
    void whatIsNoPartOfAGraphFailsTheStepWithItsPlace(String node, String edge, String where) throws Exception {
        Longshore.Ended ended =
                ingest("""
                        set -eu
                        echo '%s' >/out/nodes.jsonl
                        echo '%s' >/out/edges.jsonl
                        """.formatted(node, edge == null ? "" : edge)).exits(1);

        JsonNode probe = ended.json().path("steps").get(1);
        assertThat(ended.json().path("state").asText()).isEqualTo("FAILED");
        assertThat(probe.path("state").asText()).isEqualTo("FAILED");
        assertThat(probe.path("failure").path("code").asText()).isEqualTo("INVALID_OUTPUT");
        assertThat(probe.path("failure").path("message").asText()).startsWith(where + ": ");
        assertThat(ended.json().has("out")).isFalse();
        assertThat(place.out).doesNotExist();
        assertNothingLeft();
    }

    @Test
    void aContainerThatFailsLeavesTheOldGraphAndSaysItsLastWords() throws Exception {
        ingest(": >/out/nodes.jsonl; : >/out/edges.jsonl").exits(0);
        GraphBytes before = GraphBytes.of(place.out);

        Longshore.Ended ended =
                ingest("echo 'licence server on fire' >&2; exit 9").exits(1);

        assertThat(ended.json()
                        .path("steps")
                        .get(1)
                        .path("failure")
                        .path("message")
                        .asText())
                .contains("licence server on fire");
        assertThat(GraphBytes.of(place.out)).isEqualTo(before);
        assertNothingLeft();
    }

    @Test
    void anImageThatIsNotThereIsNamedWithTheFix() throws Exception {
        Path pipeline = place.pipeline("true", "");
        Files.writeString(pipeline, Files.readString(pipeline).replace(Daemon.busybox(), "example.invalid/none:1"));

        Longshore.Ended ended = place.call("ingest", place.source, "-o", place.out, "--json", "--pipeline", pipeline)
                .run()
                .exits(1);

        assertThat(ended.json().path("failure").path("code").asText()).isEqualTo("DOCKER_IMAGE_MISSING");
        assertThat(ended.json().path("failure").path("message").asText()).contains("example.invalid/none:1");
        assertNothingLeft();
    }

    @Test
    void anOutputThatFillsTheDiskIsCutOff() throws Exception {
        Path pipeline = place.pipeline("yes '{}' >/out/nodes.jsonl", "");
        Files.writeString(
                pipeline,
                Files.readString(pipeline).replace("    options:\n", "    options:\n      maxOutputBytes: 1MiB\n"));

        Longshore.Ended ended = place.call("ingest", place.source, "-o", place.out, "--json", "--pipeline", pipeline)
                .run()
                .exits(1);

        assertThat(ended.json()
                        .path("steps")
                        .get(1)
                        .path("failure")
                        .path("message")
                        .asText())
                .contains("/out", "1048576");
        assertThat(place.out).doesNotExist();
        assertNothingLeft();
    }
}
