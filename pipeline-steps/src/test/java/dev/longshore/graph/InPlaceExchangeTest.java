package dev.longshore.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A graph directory that cannot be renamed. */
class InPlaceExchangeTest {
    @TempDir
    Path temporary;

    private Path out = Path.of("unset");
    private Path next = Path.of("unset");

    @BeforeEach
    void makeDirectory() throws IOException {
        out = Files.createDirectory(temporary.toRealPath().resolve("out"));
        next = out.resolve(".longshore-next");
    }

    private GraphDirectory directory() {
        return new GraphDirectory(out, directory -> false);
    }

    private static void writeGraph(Path at, String identity) throws IOException {
        Files.createDirectories(at);
        Files.writeString(at.resolve("nodes.jsonl"), identity);
        Files.writeString(at.resolve("edges.jsonl"), identity);
        Files.writeString(
                at.resolve("manifest.json"),
                "{\"schema\":\"longshore-graph/1\",\"repository\":{\"identity\":\"" + identity + "\"}}");
    }

    private void assertHoldsOnly(String identity) throws IOException {
        assertThat(PublishedFiles.names(out)).containsExactly("edges.jsonl", "manifest.json", "nodes.jsonl");
        for (String name : PublishedFiles.NAMES) {
            assertThat(out.resolve(name)).content().contains(identity);
        }
    }

    @Test
    void publishesWithoutTouchingTheParent() throws IOException {
        GraphDirectory directory = directory();
        writeGraph(out, "mine");
        assertThat(directory.staging("r-1234").getParent()).isEqualTo(out);
        writeGraph(directory.staging("r-1234"), "new");
        assertThat(directory.refusal(Optional.of("mine"))).isEmpty();

        directory.publish("r-1234");

        assertHoldsOnly("new");
        assertThat(PublishedFiles.names(temporary)).containsExactly("out");
    }

    @Test
    void publishesIntoAnEmptyDirectory() throws IOException {
        writeGraph(directory().staging("r-1234"), "new");
        assertThat(directory().refusal(Optional.of("mine"))).isEmpty();

        directory().publish("r-1234");

        assertHoldsOnly("new");
    }

    @Test
    void afterAKillBetweenTheRenamesTheNewGraphIsFinished() throws IOException {
        for (int moved = 0; moved <= 3; moved++) {
            writeGraph(out, "mine");
            writeGraph(next, "new");
            Files.delete(out.resolve("manifest.json"));
            for (String name : PublishedFiles.NAMES.subList(0, moved)) {
                Files.move(next.resolve(name), out.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
            assertThat(directory().refusal(Optional.of("new")))
                    .as("%d moved", moved)
                    .isEmpty();
            assertThat(directory().refusal(Optional.of("theirs")).orElseThrow()).endsWith("another repository, new");

            directory().recover();

            assertHoldsOnly("new");
        }
    }

    @Test
    void theNextRunFinishesItToo() throws IOException {
        writeGraph(next, "killed");
        writeGraph(directory().staging("r-1234"), "new");

        directory().publish("r-1234");

        assertHoldsOnly("new");
    }

    @Test
    void removesWhatAKilledRunStagedBeforeItPublished() throws IOException {
        writeGraph(out, "mine");
        writeGraph(directory().staging("r-1234"), "dead");
        Files.createDirectory(directory().staging("r-2345"));

        directory().recover();

        assertHoldsOnly("mine");
    }

    @Test
    void takesAGraphFromElsewhereWhereTheDirectoryTurnsOutNotToBeRenamable() throws IOException {
        writeGraph(out, "mine");
        Path elsewhere = temporary.resolve("elsewhere");
        writeGraph(elsewhere, "new");

        new InPlaceExchange(out).exchange("r-1234", elsewhere);

        assertHoldsOnly("new");
        assertThat(elsewhere).doesNotExist();
    }

    @Test
    void keepsTheOldGraphWhereTheNewOneCannotBeBroughtOver() throws IOException {
        writeGraph(out, "mine");
        Path elsewhere = temporary.resolve("elsewhere");
        writeGraph(elsewhere, "new");
        Files.delete(elsewhere.resolve("edges.jsonl"));

        assertThatThrownBy(() -> new InPlaceExchange(out).exchange("r-1234", elsewhere))
                .isInstanceOf(IOException.class);

        assertHoldsOnly("mine");
    }

    @Test
    void aFileOfTheUsersThatOnlyLooksLikeAStagingIsNotOurs() throws IOException {
        writeGraph(out, "mine");
        Files.writeString(out.resolve(".longshore-partial-r-1234"), "");

        assertThat(directory().refusal(Optional.of("mine")).orElseThrow()).contains("Longshore did not write");
    }
}
