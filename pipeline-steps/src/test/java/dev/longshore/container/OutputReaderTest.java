package dev.longshore.container;

import static dev.longshore.container.OutputFixture.IDS;
import static dev.longshore.container.OutputFixture.edge;
import static dev.longshore.container.OutputFixture.file;
import static dev.longshore.container.OutputFixture.function;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.graph.Edge;
import dev.longshore.graph.EdgeType;
import dev.longshore.graph.Label;
import dev.longshore.graph.Node;
import dev.longshore.graph.NodeId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputReaderTest {
    private static final NodeId A = IDS.ofPath(Label.FILE, "a.py");

    @TempDir
    Path directory;

    private OutputFixture output;

    @BeforeEach
    void anEmptyOutput() throws Exception {
        output = new OutputFixture(directory);
    }

    @Test
    void anEmptyOutputIsAnEmptyPart() throws Exception {
        OutputFixture.Result read = output.read();
        assertThat(read.nodes()).isEmpty();
        assertThat(read.edges()).isEmpty();
        assertThat(read.counts()).isEmpty();
    }

    @Test
    void idsComeFromWhatANodeIsNotFromTheImage() throws Exception {
        output.write("nodes.jsonl", file("1", "a.py") + function("2", "a.py", "Flask.route"));
        output.write("edges.jsonl", edge("1", "2", "DEFINES"));
        NodeId route = IDS.ofDefinition(Label.FUNCTION, "a.py", "Flask.route", 1);
        OutputFixture.Result read = output.read();
        assertThat(read.nodes())
                .containsExactly(new Node(
                        route,
                        Label.FUNCTION,
                        Map.of(
                                "path",
                                "a.py",
                                "qualifiedName",
                                "Flask.route",
                                "name",
                                "route",
                                "startLine",
                                1L,
                                "endLine",
                                2L)));
        assertThat(read.edges()).containsExactly(new Edge(A, route, EdgeType.DEFINES));
    }

    @Test
    void anOverloadIsPartOfTheId() throws Exception {
        output.write(
                "nodes.jsonl",
                function("1", "a.py", "f")
                        + "{\"id\":\"2\",\"labels\":[\"Function\"],\"properties\":{\"path\":\"a.py\",\"qualifiedName\":\"f\","
                        + "\"overload\":2}}\n");
        assertThat(output.read().nodes())
                .extracting(Node::id)
                .containsExactlyInAnyOrder(
                        IDS.ofDefinition(Label.FUNCTION, "a.py", "f", 1),
                        IDS.ofDefinition(Label.FUNCTION, "a.py", "f", 2));
    }

    @Test
    void theLastLineNeedsNoEnd() throws Exception {
        output.write("nodes.jsonl", function("1", "a.py", "f").stripTrailing());
        assertThat(output.read().nodes()).hasSize(1);
    }

    @Test
    void aNodeWrittenTwiceIsOneWhateverTheOrderOfItsProperties() throws Exception {
        output.write("nodes.jsonl", """
                {"id":"1","labels":["Class"],"properties":{"path":"a.py","qualifiedName":"C"}}
                {"labels":["Class"],"id":"1","properties":{"qualifiedName":"C","path":"a.py"}}
                {"id":"other","labels":["Class"],"properties":{"qualifiedName":"C","path":"a.py"}}
                """);
        output.write("edges.jsonl", edge("1", "other", "USES"));
        OutputFixture.Result read = output.read();
        NodeId c = IDS.ofDefinition(Label.CLASS, "a.py", "C", 1);
        assertThat(read.nodes()).extracting(Node::id).containsExactly(c);
        assertThat(read.edges()).containsExactly(new Edge(c, c, EdgeType.USES));
    }

    @Test
    void aFileThatOnlyRefersIsNotWrittenAndOneThatSaysMoreIs() throws Exception {
        output.write(
                "nodes.jsonl",
                file("1", "a.py")
                        + "{\"id\":\"2\",\"labels\":[\"File\"],\"properties\":{\"path\":\"src/b.py\",\"license\":\"MIT\"}}\n"
                        + "{\"id\":\"3\",\"labels\":[\"Directory\"],\"properties\":{\"path\":\"src\"}}\n");
        output.write("edges.jsonl", edge("1", "3", "USES"));
        OutputFixture.Result read = output.read();
        assertThat(read.nodes())
                .containsExactly(new Node(
                        IDS.ofPath(Label.FILE, "src/b.py"), Label.FILE, Map.of("path", "src/b.py", "license", "MIT")));
        assertThat(read.edges()).containsExactly(new Edge(A, IDS.ofPath(Label.DIRECTORY, "src"), EdgeType.USES));
    }

    @Test
    void whatHangsOnAFileThatTheGraphLacksIsDroppedAndCounted() throws Exception {
        output.write(
                "nodes.jsonl",
                file("1", "a.py")
                        + function("2", "a.py", "f")
                        + file("3", "ignored.py")
                        + function("4", "ignored.py", "g")
                        + function("5", "another.py", "h"));
        output.write("edges.jsonl", edge("2", "4", "CALLS") + edge("5", "2", "CALLS") + edge("1", "2", "DEFINES"));
        OutputFixture.Result read = output.read();
        assertThat(read.nodes()).hasSize(1);
        assertThat(read.edges()).hasSize(1);
        assertThat(read.counts())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("dropped.unknownFile", 2L, "dropped.nodes", 3L, "dropped.edges", 2L));
    }

    @Test
    void withoutAListOfFilesEveryFileIsTaken() throws Exception {
        output.write("nodes.jsonl", file("1", "x.py") + function("2", "x.py", "f"));
        output.write("edges.jsonl", edge("1", "2", "DEFINES"));
        OutputFixture.Result read = output.read(Optional.empty());
        assertThat(read.nodes()).extracting(Node::label).containsExactlyInAnyOrder(Label.FILE, Label.FUNCTION);
        assertThat(read.edges()).hasSize(1);
    }

    @Test
    void countsAreMergedIn() throws Exception {
        output.write("counts.json", "{\n  \"skipped.tooLarge\": 3,\n  \"files\": 0\n}\n");
        assertThat(output.read().counts()).isEqualTo(Map.of("skipped.tooLarge", 3L, "files", 0L));
    }

    @Test
    void everyKindOfValueIsReadAsItIs() throws Exception {
        output.write(
                "nodes.jsonl",
                "{\"id\":\"1\",\"labels\":[\"Class\"],\"properties\":{\"path\":\"a.py\",\"qualifiedName\":\"Ä.\\uD83D\\uDE00\","
                        + "\"t\":\"\\u0000\\n\",\"n\":-9223372036854775808,\"b\":false,\"l\":[\"x\",\"\"]}}\n");
        assertThat(output.read().nodes().get(0).properties())
                .isEqualTo(Map.of(
                        "path",
                        "a.py",
                        "qualifiedName",
                        "Ä.😀",
                        "name",
                        "😀",
                        "t",
                        "\0\n",
                        "n",
                        Long.MIN_VALUE,
                        "b",
                        false,
                        "l",
                        List.of("x", "")));
    }

    @Test
    void eachLabelHasTheIdThatItsKindHas() throws Exception {
        output.write("nodes.jsonl", """
                {"id":"1","labels":["Document"],"properties":{"path":"a.py"}}
                {"id":"2","labels":["Section"],"properties":{"path":"a.py","anchor":"usage"}}
                {"id":"3","labels":["CodeBlock"],"properties":{"path":"a.py","line":7}}
                {"id":"4","labels":["Docstring"],"properties":{"path":"a.py","qualifiedName":"C.f"}}
                {"id":"5","labels":["Url"],"properties":{"url":"https://example.org/"}}
                """);
        assertThat(output.read().nodes())
                .extracting(Node::id)
                .containsExactlyInAnyOrder(
                        IDS.ofPath(Label.DOCUMENT, "a.py"),
                        IDS.of(Label.SECTION, "a.py", "usage"),
                        IDS.of(Label.CODE_BLOCK, "a.py", "7"),
                        IDS.ofDefinition(Label.DOCSTRING, "a.py", "C.f", 1),
                        IDS.of(Label.URL, "", "https://example.org/"));
    }

    @Test
    void moreLinesThanAllowedAreRefused() throws Exception {
        output.limits = new OutputLimits(1024, 2, 1);
        output.write("nodes.jsonl", file("1", "a.py") + function("2", "a.py", "f"));
        output.write("edges.jsonl", edge("1", "2", "DEFINES") + edge("2", "2", "CALLS"));
        assertThat(output.refusal()).isEqualTo("edges.jsonl:2: more than 1 lines; raise the option maxEdges");
        output.write("nodes.jsonl", file("1", "a.py") + function("2", "a.py", "f") + function("3", "a.py", "g"));
        assertThat(output.refusal()).isEqualTo("nodes.jsonl:3: more than 2 lines; raise the option maxNodes");
    }

    @Test
    void aLineAsLongAsAllowedIsReadAndOneByteMoreIsNot() throws Exception {
        output.limits = new OutputLimits(2048, 10, 10);
        String start =
                "{\"id\":\"1\",\"labels\":[\"Class\"],\"properties\":{\"path\":\"a.py\",\"qualifiedName\":\"C\",\"t\":\"";
        String longest = start + "x".repeat(2048 - start.length() - 3) + "\"}}";
        output.write("nodes.jsonl", longest + "\n");
        assertThat(output.read().nodes()).hasSize(1);
        output.write("nodes.jsonl", longest);
        assertThat(output.read().nodes()).hasSize(1);
        output.write("nodes.jsonl", longest + " \n");
        assertThat(output.refusal()).isEqualTo("nodes.jsonl:1: longer than 2048 bytes");
    }

    @Test
    void linesAreReadAcrossTheReadersBuffer() throws Exception {
        StringBuilder nodes = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            nodes.append(function("n" + i, "a.py", "f" + i + "x".repeat(i % 97)));
        }
        output.write("nodes.jsonl", nodes.toString());
        assertThat(output.read().nodes()).hasSize(20_000);
    }

    @Test
    void interruptingTheThreadEndsTheReading() throws Exception {
        StringBuilder nodes = new StringBuilder();
        for (int i = 0; i < 5_000; i++) {
            nodes.append(function("n" + i, "a.py", "f" + i));
        }
        output.write("nodes.jsonl", nodes.toString());
        Optional<KnownPaths> none = Optional.empty();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> output.read(none)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted())
                .as("cleared by whoever throws InterruptedException")
                .isFalse();
    }
}
