package dev.longshore.blarify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.container.StepBench;
import dev.longshore.filesystem.FilesystemStep;
import dev.longshore.graph.GraphPart;
import dev.longshore.graph.Label;
import dev.longshore.graph.Node;
import dev.longshore.graph.NodeId;
import dev.longshore.step.ContainerLimits;
import dev.longshore.step.EarlierGraph;
import dev.longshore.step.StepFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The blarify step with its real image, after the real filesystem step, on a small project in eight languages. */
@Tag("docker")
@Timeout(600)
class BlarifyStepDockerTest {
    private static final Map<String, Object> NONE = Map.of();

    @TempDir
    Path directory;

    private StepBench bench;

    @BeforeEach
    void listTheSample() throws Exception {
        bench = new StepBench(directory);
        BuiltImage.ensure(bench.docker());
        bench.limits = new ContainerLimits(1L << 30, 2.0, 256);
        Path sample = Path.of(BlarifyStepDockerTest.class.getResource("sample").toURI());
        try (var files = Files.walk(sample)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = bench.workspace.resolve(sample.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
        bench.earlier = new EarlierGraph(
                List.of(new GraphPart(bench.run(new FilesystemStep(), NONE).part())));
    }

    @AfterEach
    void nothingIsLeftBehind() throws Exception {
        assertThat(bench.leftovers()).as("containers left behind").isEmpty();
        bench.close();
    }

    @Test
    void findsClassesAndFunctionsOfAllEightLanguages() throws Exception {
        assertThat(names(bench.run(new BlarifyStep(), Map.of("references", false))))
                .containsExactly(
                        "Class app/greeting.py Greeter 6-11",
                        "Class app/greeting.py LoudGreeter 14-16",
                        "Class app/words.py Chooser 4-9",
                        "Class lib/Counter.cs Counter 1-7",
                        "Class lib/Shapes.java Shapes 3-15",
                        "Class lib/Shapes.java Shapes.Square 12-14",
                        "Class lib/stack.rb Stack 1-5",
                        "Class web/cart.ts Cart 1-5",
                        "Class web/page.php Page 2-8",
                        // Its file is broken behind the name; what can be read of it is.
                        "Function app/broken.py broken 1-1",
                        "Function app/greeting.py Greeter.__init__ 7-8",
                        "Function app/greeting.py Greeter.greet 10-11",
                        "Function app/greeting.py LoudGreeter.greet 15-16",
                        "Function app/greeting.py main 19-21",
                        "Function app/words.py Chooser.__init__ 5-6",
                        "Function app/words.py Chooser.choose 8-9",
                        "Function lib/Counter.cs Counter.Next 3-6",
                        "Function lib/Shapes.java Shapes.area 4-6",
                        "Function lib/Shapes.java Shapes.area#2 8-10",
                        "Function lib/stack.rb Stack.push 2-4",
                        "Function lib/twice.go Twice 3-5",
                        "Function web/add.js add 1-3",
                        "Function web/cart.ts Cart.total 2-4",
                        "Function web/page.php Page.title 4-7");
    }

    @Test
    void resolvesReferencesOfPythonAcrossFiles() throws Exception {
        StepBench.Result result = bench.run(new BlarifyStep(), NONE);
        assertThat(edges(result))
                .contains(
                        "Function LoudGreeter.greet CALLS Function Greeter.greet",
                        "Function main CALLS Function LoudGreeter.greet",
                        "Function main INSTANTIATES Class LoudGreeter",
                        "Class LoudGreeter INHERITS Class Greeter",
                        "Function Greeter.greet CALLS Function Chooser.choose",
                        "File app/greeting.py IMPORTS Class Chooser",
                        "File app/greeting.py DEFINES Class Greeter",
                        "Class Greeter DEFINES Function Greeter.greet");
        assertThat(result.counts()).containsEntry("files", 11L).containsKey("skipped.unsupported");
        assertThat(result.counts().keySet()).noneMatch(name -> name.startsWith("dropped."));
    }

    @Test
    void theSameSourceGivesTheSameBytes() throws Exception {
        Path first = bench.run(new BlarifyStep(), NONE).part();
        Path second = bench.run(new BlarifyStep(), Map.of("workers", 1L)).part();
        for (String file : List.of("nodes.jsonl", "edges.jsonl")) {
            assertThat(second.resolve(file)).hasSameBinaryContentAs(first.resolve(file));
        }
    }

    @Test
    void onlyFilesOfTheGraphAreAnalysed() throws Exception {
        Files.writeString(bench.workspace.resolve("later.py"), "def later(): pass\n");
        assertThat(names(bench.run(new BlarifyStep(), NONE))).noneMatch(name -> name.contains("later"));
    }

    @Test
    void theImageNamesAnOptionThatMakesNoSense() throws Exception {
        StepFailure failure = bench.failure(new BlarifyStep(), Map.of("languages", List.of("cobol")));
        assertThat(failure.message())
                .contains("ended with exit code 1: step.json: option 'languages' must be a list of some of csharp, go");
        assertThat(failure.retryable()).isFalse();
    }

    private static List<String> names(StepBench.Result result) {
        TreeSet<String> names = new TreeSet<>();
        for (Node node : result.nodes()) {
            names.add(node.label().text() + " " + node.text("path") + " " + qualifiedName(node) + " "
                    + node.property("startLine") + "-" + node.property("endLine"));
        }
        return List.copyOf(names);
    }

    private static String qualifiedName(Node node) {
        Object overload = node.property("overload");
        return node.text("qualifiedName") + (overload == null ? "" : "#" + overload);
    }

    private List<String> edges(StepBench.Result result) throws Exception {
        Map<NodeId, String> names = new TreeMap<>();
        bench.earlier.forEachNode(node -> {
            if (node.label() == Label.FILE) {
                names.put(node.id(), "File " + node.text("path"));
            }
        });
        result.nodes().forEach(node -> names.put(node.id(), node.label().text() + " " + qualifiedName(node)));
        return result.edges().stream()
                .map(edge -> names.get(edge.source()) + " " + edge.type() + " " + names.get(edge.target()))
                .toList();
    }
}
