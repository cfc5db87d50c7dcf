package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad input: one line that says what is wrong, exit 2, and nothing made or changed. */
class BadInputTest {
    @TempDir
    Path temp;

    private Path source;
    private Path out;

    @BeforeEach
    void makeSource() throws IOException {
        source = Files.createDirectory(temp.resolve("source"));
        Files.writeString(source.resolve("a.txt"), "a\n");
        out = temp.resolve("out");
    }

    private Longshore ingest(Object from, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("ingest", from, "--out", out, "--docker", "off"));
        arguments.addAll(List.of(more));
        return new Longshore(temp.resolve("call"), arguments.toArray());
    }

    private void assertRefused(Longshore call, String... words) throws IOException, InterruptedException {
        Longshore.Ended ended = call.run().exits(2);
        assertThat(ended.line()).startsWith("longshore: ").contains(words);
        assertThat(ended.out()).isEmpty();
        assertThat(out).doesNotExist();
        assertNoRunLeft();
    }

    private void assertNoRunLeft() throws IOException {
        Path work = temp.resolve("call/work");
        if (Files.exists(work)) {
            try (Stream<Path> entries = Files.list(work)) {
                assertThat(entries.map(path -> String.valueOf(path.getFileName()))
                                .filter(name -> name.startsWith("r-")))
                        .as("directories of runs")
                        .isEmpty();
            }
        }
        try (Stream<Path> entries = Files.list(temp)) {
            assertThat(entries.map(path -> String.valueOf(path.getFileName())))
                    .noneMatch(name -> name.contains("partial") || name.endsWith(".old"));
        }
    }

    @Test
    void aSourceThatIsMissing() throws Exception {
        assertRefused(ingest(temp.resolve("nowhere")), "there is no directory", "nowhere");
    }

    @Test
    void aFileAsSource() throws Exception {
        assertRefused(ingest(source.resolve("a.txt")), "is a file");
    }

    @Test
    void aSourceThatMayNotBeRead() throws Exception {
        Program program = Program.readableByAll(temp);
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rwx------"));

        assertRefused(program.asNobody(ingest(source)), "cannot be read", "permission");
    }

    @Test
    void anOutDirectoryThatMayNotBeMade() throws Exception {
        Program program = Program.readableByAll(temp);
        Path closed = Files.createDirectory(temp.resolve("closed"));
        out = closed.resolve("out");

        assertRefused(program.asNobody(ingest(source)), "cannot be made", "cannot be written");
    }

    @Test
    void anOutDirectoryWithFilesOfOthers() throws Exception {
        Files.createDirectory(out);
        Files.writeString(out.resolve("thesis.txt"), "the only copy");

        assertThat(ingest(source).run().exits(2).line()).contains("is not empty");

        assertThat(out.resolve("thesis.txt")).hasContent("the only copy");
        assertNoRunLeft();
    }

    @Test
    void aGraphWithFilesOfOthersInIt() throws Exception {
        ingest(source, "--quiet").run().exits(0);
        Files.writeString(out.resolve("notes.txt"), "mine");

        assertThat(ingest(source).run().exits(2).line()).contains("notes.txt", "Longshore did not write");

        assertThat(out.resolve("notes.txt")).hasContent("mine");
        assertThat(out.resolve("manifest.json")).exists();
        assertNoRunLeft();
    }

    @Test
    void theGraphOfAnotherRepository() throws Exception {
        ingest(source, "--quiet").run().exits(0);
        GraphBytes before = GraphBytes.of(out);
        Path other = Files.createDirectory(temp.resolve("other"));

        assertThat(ingest(other).run().exits(2).line()).contains("graph of another repository", "source");

        assertThat(GraphBytes.of(out)).isEqualTo(before);
        assertNoRunLeft();
    }

    @Test
    void anOutDirectoryBelowAFile() throws Exception {
        out = source.resolve("a.txt/graph");

        assertThat(ingest(source).run().exits(2).line()).contains("cannot be made", "is not a directory");

        assertThat(source.resolve("a.txt")).hasContent("a");
        assertNoRunLeft();
    }

    @Test
    void anUnknownOption() throws Exception {
        assertRefused(ingest(source, "--no-such-option"), "--no-such-option", "--help");
    }

    @Test
    void aDockerModeThatIsNone() throws Exception {
        assertRefused(ingest(source, "--docker", "sometimes"), "--docker");
    }

    @Test
    void noThreads() throws Exception {
        assertRefused(ingest(source, "--threads", "0"), "--threads must be at least 1");
    }

    @Test
    void aStepThatThePipelineDoesNotHave() throws Exception {
        assertRefused(
                ingest(source, "--steps", "filesystem,sonar"), "no step sonar", "filesystem, blarify, docgrapher");
    }

    @Test
    void aPipelineThatIsMissing() throws Exception {
        assertRefused(ingest(source, "--pipeline", temp.resolve("none.yaml")), "there is no pipeline file");
    }

    @Test
    void everyErrorOfAPipelineWithItsLine() throws Exception {
        Path pipeline = Files.writeString(temp.resolve("bad.yaml"), """
                name: bad
                color: red
                steps:
                  filesystem:
                    after: docgrapher
                    timeout: 3 parsecs
                  docgrapher:
                    after: filesystem
                  sonar:
                    retries: 3
                """);

        Longshore.Ended ended = ingest(source, "--pipeline", pipeline).run().exits(2);

        assertThat(ended.err().lines())
                .as(ended.err())
                .allMatch(line -> line.matches("longshore: .*bad\\.yaml:[0-9]+: .*"))
                .anyMatch(line -> line.contains("bad.yaml:2: ") && line.contains("color"))
                .anyMatch(line -> line.contains("bad.yaml:6: ") && line.contains("3 parsecs"))
                .anyMatch(line -> line.contains("circle"))
                .anyMatch(line -> line.contains("bad.yaml:9: ") && line.contains("unknown step type sonar"))
                .anyMatch(line -> line.contains("bad.yaml:10: ") && line.contains("retries"));
        assertThat(out).doesNotExist();
    }

    @Test
    void aGitRepositoryThatIsNotThere() throws Exception {
        assertRefused(ingest(temp.resolve("no.git").toUri()), "cannot clone", "no.git", "not found");
    }

    @Test
    void aGitServerThatIsNotThere() throws Exception {
        // Nobody listens on port 1 of the loopback.
        assertRefused(ingest("http://127.0.0.1:1/x.git"), "cannot clone", "http://127.0.0.1:1/x.git");
    }

    @Test
    void aRefThatIsNotThere() throws Exception {
        Command.in(source, "git", "init", "-q");
        Command.in(source, "git", "add", ".");
        Command.in(source, "git", "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-qm", "one");
        assertRefused(ingest(source, "--ref", "no-such-branch"), "no branch, tag or full commit id no-such-branch");
    }

    @Test
    void badInputFoundByTheRunIsStillOneJsonObject() throws Exception {
        Longshore.Ended ended =
                ingest(temp.resolve("no.git").toUri(), "--json").run().exits(2);

        assertThat(ended.json().path("state").asText()).isEqualTo("FAILED");
        assertThat(ended.json().path("failure").path("code").asText()).isEqualTo("SOURCE_UNAVAILABLE");
    }
}
