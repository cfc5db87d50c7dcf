package dev.longshore.container;

import static dev.longshore.container.OutputFixture.IDS;
import static dev.longshore.container.OutputFixture.edge;
import static dev.longshore.container.OutputFixture.file;
import static dev.longshore.container.OutputFixture.function;
import static dev.longshore.container.OutputFixture.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.graph.Edge;
import dev.longshore.graph.Node;
import dev.longshore.graph.NodeId;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Outputs damaged at random: each is either refused with its place, or read into a part that keeps the graph's promises.
 * Nothing else ever comes out of the reader.
 */
class OutputFuzzTest {
    private static final int ROUNDS = 1_000;
    private static final String[] SCRAPS = {
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\n",
        "\r",
        "\0",
        "..",
        "/",
        "null",
        "true",
        "1e9",
        "-0",
        "\\u0000",
        "\\ud800",
        "\"id\":",
        "\"File\"",
        "\"Repository\"",
        "\"path\":\"/\"",
        "\"overload\":2,",
        "\u0085",
        "ü",
        "😀",
        "CONTAINS"
    };

    @TempDir
    Path directory;

    @Test
    @Timeout(120)
    void aDamagedOutputIsRefusedOrMakesAWholePart() throws Exception {
        OutputFixture output = new OutputFixture(directory);
        byte[] nodes = utf8(file("1", "a.py")
                + function("2", "a.py", "Flask.route")
                + "{\"id\":\"3\",\"labels\":[\"Class\"],\"properties\":{\"path\":\"src/b.py\",\"qualifiedName\":\"Flask\","
                + "\"tags\":[\"x\",\"y\"],\"abstract\":true,\"text\":\"Grüße\\n😀\"}}\n"
                + function("4", "gone.py", "f"));
        byte[] edges = utf8(edge("1", "2", "DEFINES") + edge("2", "3", "INSTANTIATES") + edge("4", "3", "CALLS"));
        byte[] counts = utf8("{\"skipped.tooLarge\":3}");
        Optional<KnownPaths> known = KnownPaths.read(
                OutputFixture.listing(directory.resolve("graph"), "a.py", "src/b.py"), IDS, directory.resolve("files"));
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            // The round is the seed, so that a failure can be run again.
            Random random = new Random(round);
            output.write("nodes.jsonl", random.nextInt(3) == 0 ? nodes : damaged(nodes, random));
            output.write("edges.jsonl", random.nextInt(3) == 0 ? edges : damaged(edges, random));
            output.write("counts.json", random.nextInt(3) == 0 ? counts : damaged(counts, random));
            try {
                requireWhole(output.read(known), round);
            } catch (StepException e) {
                refused++;
                assertThat(e.failure()).as("round %s", round).isInstanceOf(StepFailure.InvalidOutput.class);
                assertThat(e.failure().message())
                        .as("round %s", round)
                        .matches("(nodes\\.jsonl:\\d+|edges\\.jsonl:\\d+|counts\\.json): [^\\p{Cntrl}]+");
            } catch (RuntimeException e) {
                throw new AssertionError("round " + round, e);
            }
            deleteParts();
        }
        assertThat(refused).as("the damage must matter, and must not always").isBetween(ROUNDS / 2, ROUNDS - 50);
    }

    private static void requireWhole(OutputFixture.Result read, int round) {
        Set<NodeId> ids = read.nodes().stream().map(Node::id).collect(Collectors.toSet());
        assertThat(ids).as("round %s", round).hasSameSizeAs(read.nodes());
        for (Node node : read.nodes()) {
            if (node.property("path") instanceof String path) {
                assertThat(path).as("round %s", round).isIn("a.py", "src/b.py");
            }
        }
        for (Edge edge : read.edges()) {
            for (NodeId end : List.of(edge.source(), edge.target())) {
                assertThat(ids.contains(end) || end.value().startsWith("File:"))
                        .as("round %s: %s", round, edge)
                        .isTrue();
            }
        }
    }

    private static byte[] damaged(byte[] bytes, Random random) {
        byte[] damaged = bytes;
        for (int times = random.nextInt(3); times >= 0; times--) {
            int at = random.nextInt(damaged.length + 1);
            int to = Math.min(damaged.length, at + random.nextInt(12));
            byte[] scrap = switch (random.nextInt(4)) {
                case 0 -> new byte[] {(byte) random.nextInt(256)};
                case 1 -> new byte[0];
                default -> utf8(SCRAPS[random.nextInt(SCRAPS.length)]);
            };
            byte[] joined = Arrays.copyOf(damaged, at + scrap.length + damaged.length - to);
            System.arraycopy(scrap, 0, joined, at, scrap.length);
            System.arraycopy(damaged, to, joined, at + scrap.length, damaged.length - to);
            damaged = joined.length == 0 ? bytes : joined;
        }
        return damaged;
    }

    private void deleteParts() throws Exception {
        try (var entries = Files.list(directory)) {
            for (Path entry : entries.filter(
                            path -> path.getFileName().toString().matches("(part|scratch)\\d+"))
                    .toList()) {
                try (var files = Files.list(entry)) {
                    for (Path file : files.toList()) {
                        Files.delete(file);
                    }
                }
                Files.delete(entry);
            }
        }
    }
}
