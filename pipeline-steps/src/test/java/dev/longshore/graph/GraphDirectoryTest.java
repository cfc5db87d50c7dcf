package dev.longshore.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphDirectoryTest {
    @TempDir
    Path temporary;

    private Path out() {
        return temporary.resolve("out");
    }

    private GraphDirectory directory() {
        return new GraphDirectory(out());
    }

    private static void writeGraph(Path at, String identity) throws IOException {
        Files.createDirectories(at);
        Files.writeString(at.resolve("nodes.jsonl"), identity);
        Files.writeString(at.resolve("edges.jsonl"), identity);
        Files.writeString(
                at.resolve("manifest.json"),
                "{\"schema\":\"longshore-graph/1\",\"repository\":{\"identity\":\"" + identity + "\"}}");
    }

    private Optional<String> refusal() throws IOException {
        return directory().refusal(Optional.of("mine"));
    }

    @Test
    void mayBeNothingOrEmptyOrAGraphOfTheSameRepository() throws IOException {
        assertThat(refusal()).isEmpty();
        Files.createDirectory(out());
        assertThat(refusal()).isEmpty();
        writeGraph(out(), "mine");
        assertThat(refusal()).isEmpty();
    }

    @Test
    void mayNotBeAnythingElse() throws IOException {
        Files.writeString(out(), "a file");
        assertThat(refusal().orElseThrow()).endsWith("is not a directory");
        Files.delete(out());
        Files.createDirectory(out());
        Files.writeString(out().resolve("thesis.tex"), "");
        assertThat(refusal().orElseThrow()).endsWith("is not empty and holds no graph of Longshore's");
        writeGraph(out(), "mine");
        assertThat(refusal().orElseThrow()).contains("holds thesis.tex, which Longshore did not write");
        Files.delete(out().resolve("thesis.tex"));
        writeGraph(out(), "theirs");
        assertThat(refusal().orElseThrow()).endsWith("holds the graph of another repository, theirs");
        Files.writeString(out().resolve("manifest.json"), "{not json");
        assertThat(refusal().orElseThrow()).endsWith("holds no graph of Longshore's");
    }

    @Test
    void mayNotLieBelowAFile() throws IOException {
        Files.writeString(out(), "a file");

        assertThat(new GraphDirectory(out().resolve("a/b"))
                        .refusal(Optional.empty())
                        .orElseThrow())
                .contains("cannot be made");
    }

    @Test
    void publishesANewGraphInPlaceOfTheOld() throws IOException {
        writeGraph(out(), "mine");
        writeGraph(directory().staging("r-1234"), "new");

        directory().publish("r-1234");

        assertThat(out().resolve("nodes.jsonl")).hasContent("new");
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left).containsExactly(out());
        }
    }

    @Test
    void makesTheDirectoriesAboveIt() throws IOException {
        GraphDirectory deep = new GraphDirectory(out().resolve("a/b"));
        writeGraph(deep.staging("r-1234"), "new");

        deep.publish("r-1234");

        assertThat(out().resolve("a/b/manifest.json")).exists();
    }

    @Test
    void putsTheOldGraphBackAfterACrashBetweenTheTwoRenames() throws IOException {
        writeGraph(temporary.resolve(".out.old"), "mine");

        assertThat(refusal()).isEmpty();

        assertThat(out().resolve("nodes.jsonl")).hasContent("mine");
        assertThat(temporary.resolve(".out.old")).doesNotExist();
    }

    @Test
    void forgetsTheOldGraphAfterACrashBehindTheSecondRename() throws IOException {
        writeGraph(out(), "new");
        writeGraph(temporary.resolve(".out.old"), "old");

        directory().refusal(Optional.empty());

        assertThat(out().resolve("nodes.jsonl")).hasContent("new");
        assertThat(temporary.resolve(".out.old")).doesNotExist();
    }
}
