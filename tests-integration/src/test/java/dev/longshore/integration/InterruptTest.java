package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C, SIGTERM and SIGKILL in the middle of a run. */
class InterruptTest {
    private static final String FOREVER = "echo waiting; while true; do sleep 1; done";

    @TempDir
    Path temp;

    private Workplace place;

    @BeforeEach
    void makePlace() throws IOException {
        place = new Workplace(temp);
    }

    private Longshore ingest(Object... more) {
        java.util.List<Object> arguments =
                new java.util.ArrayList<>(java.util.List.of("ingest", place.source, "-o", place.out));
        arguments.addAll(java.util.List.of(more));
        return place.call(arguments.toArray());
    }

    /** Enough that the step is still at it when the signal comes: sparse files, which cost time to hash but no disk. */
    private void fillSource() throws IOException {
        for (int i = 0; i < 40; i++) {
            try (java.io.RandomAccessFile file =
                    new java.io.RandomAccessFile(place.source.resolve("big" + i).toFile(), "rw")) {
                file.setLength(1L << 30);
            }
        }
    }

    @Test
    void ctrlCDuringFilesystemKeepsTheOldGraph() throws Exception {
        ingest("--docker", "off", "--quiet").run().exits(0);
        GraphBytes before = GraphBytes.of(place.out);
        fillSource();
        Longshore.Running running = ingest("--docker", "off").start();
        running.awaitErr(err -> err.contains("filesystem started"));

        running.signal("INT");

        running.await().exits(130);
        assertThat(GraphBytes.of(place.out)).isEqualTo(before);
        place.assertNothingLeft();
    }

    @Test
    void sigtermEndsTheRunToo() throws Exception {
        fillSource();
        Longshore.Running running = ingest("--docker", "off").start();
        running.awaitErr(err -> err.contains("filesystem started"));

        running.signal("TERM");

        running.await().exits(143);
        assertThat(place.out).doesNotExist();
        place.assertNothingLeft();
    }

    @Test
    void whatAKilledRunLeftGoesWithTheNextOne() throws Exception {
        fillSource();
        Longshore.Running running = ingest("--docker", "off").start();
        running.awaitErr(err -> err.contains("filesystem started"));
        running.signal("KILL");
        running.await().exits(137);
        assertThat(place.runs()).as("what the killed run left").hasSize(1);
        for (int i = 0; i < 40; i++) {
            Files.delete(place.source.resolve("big" + i));
        }

        ingest("--docker", "off", "--quiet").run().exits(0);

        place.assertNothingLeft();
    }

    @Test
    @Tag("docker")
    void ctrlCRemovesTheContainer() throws Exception {
        Daemon daemon = Daemon.offered();
        ingest("--quiet", "--docker", "off").run().exits(0);
        GraphBytes before = GraphBytes.of(place.out);
        Longshore.Running running =
                ingest("--pipeline", place.pipeline(FOREVER, "")).start();
        daemon.awaitStepContainer(temp);

        running.signal("INT");

        running.await().exits(130);
        assertThat(daemon.containersUsing(temp)).as("containers").isEmpty();
        assertThat(GraphBytes.of(place.out)).isEqualTo(before);
        place.assertNothingLeft();
    }

    @Test
    @Tag("docker")
    void theContainerOfAKilledRunGoesWithTheNextOne() throws Exception {
        Daemon daemon = Daemon.offered();
        Path pipeline = place.pipeline(FOREVER, "");
        Longshore.Running running = ingest("--pipeline", pipeline).start();
        daemon.awaitStepContainer(temp);
        running.signal("KILL");
        running.await().exits(137);
        assertThat(daemon.containersUsing(temp))
                .as("the killed run's container")
                .hasSize(1);

        ingest("--pipeline", place.pipeline(": >/out/nodes.jsonl; : >/out/edges.jsonl", ""), "--quiet")
                .run()
                .exits(0);

        assertThat(daemon.containersUsing(temp)).as("containers").isEmpty();
        place.assertNothingLeft();
    }

    @Test
    @Tag("docker")
    void ctrlCWhileBlarifyWorksRemovesItsContainer() throws Exception {
        Daemon daemon = Daemon.offered();
        StringBuilder module = new StringBuilder();
        for (int i = 0; i < 400; i++) {
            module.append("def f%d(x):\n    return f%d(x)\n\n".formatted(i, (i * 7) % 400));
        }
        for (int i = 0; i < 200; i++) {
            Files.writeString(place.source.resolve("m" + i + ".py"), module);
        }
        Longshore.Running running = ingest("--docker", "required").start();
        running.awaitErr(err -> err.contains("blarify started"));
        daemon.awaitStepContainer(temp);

        running.signal("INT");

        running.await().exits(130);
        assertThat(daemon.containersUsing(temp)).as("containers").isEmpty();
        assertThat(place.out).doesNotExist();
        place.assertNothingLeft();
    }
}
