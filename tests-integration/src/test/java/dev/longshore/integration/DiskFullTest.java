package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full disk below the graph or the work directory: a small file system of the test's own. Needs root to mount it. */
class DiskFullTest {
    private static final int FILES = 6000;

    @TempDir
    Path temp;

    private Workplace place;
    private Path disk;

    @BeforeEach
    void mountSmallDisk() throws IOException, InterruptedException {
        assertThat(Command.run("id", "-u").strip())
                .as("this test mounts a file system, which only root can: run ./verify as root")
                .isEqualTo("0");
        place = new Workplace(temp);
        disk = Files.createDirectory(temp.resolve("disk"));
        Command.run("mount", "-t", "tmpfs", "-o", "size=512k", "longshore-test", disk.toString());
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        Command.run("umount", disk.toString());
    }

    /** Some 3 MB of graph. */
    private void fillSource() throws IOException {
        for (int i = 0; i < FILES; i++) {
            Files.createFile(place.source.resolve("file" + i + ".txt"));
        }
    }

    private static void assertDiskFull(Longshore.Ended ended, JsonNode failure) {
        assertThat(failure.path("code").asText()).as(ended.out()).isEqualTo("DISK_FULL");
        assertThat(failure.path("message").asText()).containsIgnoringCase("no space left on device");
        assertThat(failure.path("fix").asText()).contains("Free some space");
    }

    @Test
    void belowTheGraphKeepsTheOldOneAndLeavesNoHalf() throws Exception {
        Path out = disk.resolve("graph");
        place.call("ingest", place.source, "-o", out, "--docker", "off", "--quiet")
                .run()
                .exits(0);
        GraphBytes before = GraphBytes.of(out);
        fillSource();

        Longshore.Ended ended = place.call("ingest", place.source, "-o", out, "--docker", "off", "--json")
                .run()
                .exits(1);

        assertDiskFull(ended, ended.json().path("failure"));
        assertThat(GraphBytes.of(out)).isEqualTo(before);
        assertThat(disk.toFile().list()).as("the old graph alone").containsExactly("graph");
        place.assertNothingLeft();
    }

    @Test
    void belowTheWorkDirectoryFailsTheStep() throws Exception {
        fillSource();

        Longshore.Ended ended = place.call(
                        "ingest",
                        place.source,
                        "-o",
                        place.out,
                        "--docker",
                        "off",
                        "--json",
                        "--work",
                        disk.resolve("work"))
                .run()
                .exits(1);

        assertDiskFull(ended, ended.json().path("steps").get(0).path("failure"));
        assertThat(place.out).doesNotExist();
        assertThat(disk.resolve("work").toFile().list((directory, name) -> name.startsWith("r-")))
                .as("directories of runs")
                .isEmpty();
    }
}
