package dev.longshore.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NavigableSet;
import java.util.Optional;
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
        assertThat(entries(temporary)).containsExactly("out");
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
        writeGraph(temporary.resolve(".out.old-r-1234"), "mine");

        directory().recover();

        assertThat(out().resolve("nodes.jsonl")).hasContent("mine");
        assertThat(entries(temporary)).containsExactly("out");
    }

    @Test
    void forgetsTheOldGraphAfterACrashBehindTheSecondRename() throws IOException {
        writeGraph(out(), "new");
        writeGraph(temporary.resolve(".out.old-r-1234"), "old");

        directory().recover();

        assertThat(out().resolve("nodes.jsonl")).hasContent("new");
        assertThat(entries(temporary)).containsExactly("out");
    }

    @Test
    void doesNotPutHalfAGraphBack() throws IOException {
        writeGraph(temporary.resolve(".out.old-r-1234"), "mine");
        Files.delete(temporary.resolve(".out.old-r-1234/nodes.jsonl"));

        directory().recover();

        assertThat(entries(temporary)).isEmpty();
    }

    @Test
    void removesWhatKilledRunsStagedAndNothingOfTheUsers() throws IOException {
        writeGraph(temporary.resolve(".out.partial-r-1234"), "dead");
        Files.writeString(
                Files.createDirectory(temporary.resolve(".out.partial-r-2345")).resolve("nodes.jsonl"), "");
        Files.createDirectory(temporary.resolve(".out.partial-mine"));
        writeGraph(temporary.resolve(".out.old"), "the user's copy");
        Files.writeString(
                Files.createDirectory(temporary.resolve(".out.old-r-1234")).resolve("nodes.jsonl"), "");
        Files.writeString(
                Files.createDirectory(temporary.resolve(".out.partial-r-3456")).resolve("thesis"), "");

        directory().recover();

        assertThat(entries(temporary))
                .containsExactly(".out.old", ".out.old-r-1234", ".out.partial-mine", ".out.partial-r-3456");
    }

    @Test
    void askingChangesNothingWhileAnotherProcessPublishes() throws IOException {
        writeGraph(temporary.resolve(".out.old-r-1234"), "mine");
        writeGraph(temporary.resolve(".out.partial-r-1234"), "new");

        assertThat(refusal()).isEmpty();

        assertThat(entries(temporary)).containsExactly(".out.old-r-1234", ".out.partial-r-1234");
    }

    @Test
    void aFileThatAppearsDuringTheRunStaysAndFailsNothing() throws IOException {
        writeGraph(out(), "mine");
        Files.writeString(out().resolve(".DS_Store"), "finder");
        Files.writeString(out().resolve("notes.txt"), "the user's");
        writeGraph(directory().staging("r-1234"), "new");

        directory().publish("r-1234");

        assertThat(out().resolve("nodes.jsonl")).hasContent("new");
        assertThat(entries(out()))
                .containsExactly(".DS_Store", "edges.jsonl", "manifest.json", "nodes.jsonl", "notes.txt");
        assertThat(entries(temporary)).containsExactly("out");
        directory().recover();
        assertThat(refusal().orElseThrow()).contains("holds notes.txt, which Longshore did not write");
        Files.delete(out().resolve("notes.txt"));
        Files.writeString(out().resolve(".nfs000000000001"), "");
        assertThat(directory().refusal(Optional.of("new"))).isEmpty();
    }

    @Test
    void anOldGraphThatCannotBeRemovedFailsNothing() throws IOException {
        writeGraph(out(), "new");
        writeGraph(temporary.resolve(".out.old-r-1234"), "old");
        Files.writeString(temporary.resolve(".out.old-r-1234/.nfs0000001"), "");

        directory().recover();

        assertThat(directory().refusal(Optional.of("new"))).isEmpty();
        assertThat(out().resolve("nodes.jsonl")).hasContent("new");
        assertThat(temporary.resolve(".out.old-r-1234/.nfs0000001")).exists();
    }

    @Test
    void followsALinkAndLeavesIt() throws IOException {
        Path big = Files.createDirectories(temporary.resolve("big"));
        writeGraph(big.resolve("graph"), "mine");
        Files.createSymbolicLink(out(), big.resolve("graph"));
        assertThat(refusal()).isEmpty();
        writeGraph(directory().staging("r-1234"), "new");

        directory().publish("r-1234");

        assertThat(out()).isSymbolicLink();
        assertThat(big.resolve("graph/nodes.jsonl")).hasContent("new");
        assertThat(entries(big)).containsExactly("graph");
        assertThat(entries(temporary)).containsExactly("big", "out");
    }

    @Test
    void followsALinkAboveWhatDoesNotExistYet() throws IOException {
        Path big = Files.createDirectories(temporary.resolve("big")).toRealPath();
        Files.createSymbolicLink(out(), big);

        assertThat(new GraphDirectory(out().resolve("a/b")).path()).isEqualTo(big.resolve("a/b"));
    }

    @Test
    void publishesNoHalfGraph() throws IOException {
        writeGraph(out(), "mine");
        writeGraph(directory().staging("r-1234"), "new");
        Files.delete(directory().staging("r-1234").resolve("manifest.json"));

        assertThatThrownBy(() -> directory().publish("r-1234")).hasMessageContaining("not hold a whole graph");

        assertThat(out().resolve("nodes.jsonl")).hasContent("mine");
    }

    private static NavigableSet<String> entries(Path directory) throws IOException {
        return PublishedFiles.names(directory);
    }
}
