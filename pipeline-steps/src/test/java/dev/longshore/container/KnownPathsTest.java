package dev.longshore.container;

import static dev.longshore.container.OutputFixture.IDS;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.graph.GraphPart;
import dev.longshore.graph.GraphWriter;
import dev.longshore.graph.Label;
import dev.longshore.graph.Node;
import dev.longshore.graph.NodeIds;
import dev.longshore.step.EarlierGraph;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownPathsTest {
    @TempDir
    Path directory;

    @Test
    void listsTheFilesOnlyEachEndedByANul() throws Exception {
        Path list = directory.resolve("files");
        KnownPaths known = KnownPaths.read(OutputFixture.listing(directory, "a.py", "src/b.py"), IDS, list)
                .orElseThrow();
        assertThat(Files.readString(list).split("\0", -1)).containsExactlyInAnyOrder("a.py", "src/b.py", "");
        assertThat(known.has(IDS.ofPath(Label.FILE, "src/b.py"))).isTrue();
        assertThat(known.has(IDS.ofPath(Label.DIRECTORY, "src"))).isTrue();
        assertThat(known.has(IDS.ofPath(Label.FILE, "src"))).isFalse();
        assertThat(known.has(IDS.ofPath(Label.FILE, "c.py"))).isFalse();
    }

    @Test
    void namesThatAreNotUtf8AreListedAsTheFileSystemHasThem() throws Exception {
        Path part = directory.resolve("part");
        try (GraphWriter graph = new GraphWriter(part, directory)) {
            graph.node(new Node(IDS.repository(), Label.REPOSITORY, Map.of()));
            put(graph, Label.DIRECTORY, "d%FF", "d\u00ff");
            put(graph, Label.DIRECTORY, "d%FF/plain", null);
            put(graph, Label.FILE, "d%FF/plain/%FE.py", "\u00fe.py");
            put(graph, Label.FILE, "d%FF/b.py", null);
            put(graph, Label.FILE, "100%25.txt", null);
            graph.finish();
        }
        Path list = directory.resolve("files");
        KnownPaths.read(new EarlierGraph(List.of(new GraphPart(part))), IDS, list);
        assertThat(new String(Files.readAllBytes(list), ISO_8859_1).split("\0", -1))
                .containsExactlyInAnyOrder("d\u00ff/plain/\u00fe.py", "d\u00ff/b.py", "100%25.txt", "");
    }

    private static void put(GraphWriter graph, Label label, String path, @Nullable String rawName) throws Exception {
        Map<String, Object> properties = new HashMap<>(Map.of("path", path));
        if (rawName != null) {
            properties.put("nameBytes", Base64.getEncoder().encodeToString(rawName.getBytes(ISO_8859_1)));
        }
        graph.node(new Node(IDS.ofPath(label, path), label, properties));
    }

    @Test
    void thereIsNoListWhereNobodyListedThisRepository() throws Exception {
        Path list = directory.resolve("files");
        assertThat(KnownPaths.read(new EarlierGraph(List.of()), IDS, list)).isEmpty();
        assertThat(KnownPaths.read(OutputFixture.listing(directory, "a.py"), new NodeIds("another"), list))
                .isEmpty();
        assertThat(list).doesNotExist();
    }
}
