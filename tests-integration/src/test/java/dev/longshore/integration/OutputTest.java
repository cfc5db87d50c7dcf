package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run prints where, and two runs at once. */
class OutputTest {
    @TempDir
    Path temp;

    private Workplace place;

    @BeforeEach
    void makePlace() throws IOException {
        place = new Workplace(temp);
    }

    private Longshore ingest(Object... more) {
        List<Object> arguments =
                new java.util.ArrayList<>(List.of("ingest", place.source, "-o", place.out, "--docker", "off"));
        arguments.addAll(List.of(more));
        return place.call(arguments.toArray());
    }

    @Test
    void jsonIsOneObjectWithTheDocumentedFields() throws Exception {
        Command.in(place.source, "git", "init", "-q");
        Command.in(place.source, "git", "add", ".");
        Command.in(place.source, "git", "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-qm", "one");
        String commit = Command.in(place.source, "git", "rev-parse", "HEAD").strip();

        JsonNode json = ingest("--json").run().exits(0).json();

        assertThat(json.path("run").asText()).startsWith("r-");
        assertThat(json.path("state").asText()).isEqualTo("SUCCEEDED");
        assertThat(json.path("commit").asText()).isEqualTo(commit);
        assertThat(json.path("pipeline").asText()).isEqualTo("default");
        assertThat(json.path("durationMillis").asLong()).isPositive();
        assertThat(json.path("out").asText()).isEqualTo(place.out.toString());
        assertThat(json.path("steps")).hasSize(3);
        JsonNode filesystem = json.path("steps").get(0);
        assertThat(filesystem.path("name").asText()).isEqualTo("filesystem");
        assertThat(filesystem.path("state").asText()).isEqualTo("SUCCEEDED");
        assertThat(filesystem.path("attempts").asInt()).isEqualTo(1);
        assertThat(filesystem.path("durationMillis").isIntegralNumber()).isTrue();
        assertThat(filesystem.path("counts").path("files").asInt()).isEqualTo(1);
        assertThat(filesystem.path("nodes").path("File").asInt()).isEqualTo(1);
        assertThat(json.path("steps").get(1).path("skipped").path("reason").isTextual())
                .isTrue();
        JsonNode manifest = new com.fasterxml.jackson.databind.json.JsonMapper()
                .readTree(place.out.resolve("manifest.json").toFile());
        assertThat(manifest.path("repository").path("commit").asText()).isEqualTo(commit);
    }

    @Test
    void quietSaysNothingOnStandardError() throws Exception {
        Longshore.Ended ended = ingest("--quiet").run().exits(0);

        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).contains("succeeded", "graph: " + place.out);
    }

    @Test
    void withoutATerminalProgressIsLinesOnStandardError() throws Exception {
        Longshore.Ended ended = ingest().run().exits(0);

        assertThat(ended.err().lines()).allMatch(line -> line.startsWith("longshore: "));
        assertThat(ended.err())
                .contains("filesystem started", "filesystem succeeded")
                .doesNotContain("\r", "\u001b");
    }

    @Test
    void aSourceWhoseIgnoreFileLeavesOutEverythingSucceedsWithAWarning() throws Exception {
        Files.writeString(place.source.resolve(".gitignore"), "*\n");

        Longshore.Ended ended = ingest("--quiet").run().exits(0);
        JsonNode json = ingest("--quiet", "--json").run().exits(0).json();

        assertThat(ended.out())
                .contains("warning: filesystem found no files", "gitIgnores: false", "docs/steps/filesystem.md");
        assertThat(json.path("warnings")).hasSize(1);
        assertThat(json.path("warnings").get(0).path("message").asText()).contains("2 names");
    }

    @Test
    void aNameThatATerminalWouldObeyIsShownWithoutThat() throws Exception {
        Path source = Files.createDirectory(temp.resolve("a\u001b[31mb"));
        Files.writeString(source.resolve("c\u001b]0;d.py"), "");

        Longshore.Ended ended = place.call("ingest", source, "-o", place.out, "--docker", "off")
                .run()
                .exits(0);

        assertThat(ended.out() + ended.err()).contains("a [31mb: succeeded").doesNotContain("\u001b");
    }

    @Test
    void aRerunReplacesTheGraph() throws Exception {
        ingest("--quiet").run().exits(0);
        Files.writeString(place.source.resolve("b.py"), "");
        Files.delete(place.source.resolve("a.py"));

        ingest("--quiet").run().exits(0);

        assertThat(Files.readString(place.out.resolve("nodes.jsonl")))
                .contains("\"b.py\"")
                .doesNotContain("\"a.py\"");
        place.assertNothingLeft();
    }

    @Test
    void aSecondRunToTheSameDirectoryIsRefusedWhileTheFirstGoesOn() throws Exception {
        for (int i = 0; i < 40; i++) {
            try (java.io.RandomAccessFile file =
                    new java.io.RandomAccessFile(place.source.resolve("big" + i).toFile(), "rw")) {
                file.setLength(1L << 30);
            }
        }
        Longshore.Running first = ingest().start();
        first.awaitErr(err -> err.contains("filesystem started"));

        Longshore.Ended second = ingest("--quiet").run().exits(2);

        assertThat(second.line()).contains("another run is about to publish to " + place.out);
        assertThat(place.runs()).as("the first run's directory alone").hasSize(1);
        first.signal("INT");
        first.await().exits(130);
        place.assertNothingLeft();
    }
}
