package dev.longshore.container;

import static dev.longshore.container.StepBench.BUSYBOX;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.filesystem.FilesystemStep;
import dev.longshore.graph.GraphPart;
import dev.longshore.graph.Label;
import dev.longshore.graph.Node;
import dev.longshore.graph.NodeIds;
import dev.longshore.step.EarlierGraph;
import dev.longshore.step.example.LinesStep;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of {@code docs/writing-a-step.md}, as they stand there, on real files and in real containers. */
@Tag("docker")
class WritingAStepDockerTest {
    private static final Path PAGE = Path.of("../docs/writing-a-step.md");
    private static final String PYTHON_IMAGE =
            System.getenv().getOrDefault("LONGSHORE_TEST_BASE_IMAGE", "longshore-base:bookworm-python");
    private static final NodeIds IDS = new NodeIds("example.org/fixture");

    @TempDir
    Path directory;

    private StepBench bench;

    @BeforeEach
    void listTheFiles() throws Exception {
        bench = new StepBench(directory);
        Files.createDirectory(bench.workspace.resolve("bin"));
        write(
                "bin/run.sh",
                "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\nrun() {\n  :\n}\nrun() { false; }\nfunction stop () {\n}\n");
        write("odd \"name\\.c", "/* SPDX-License-Identifier: MIT */\n");
        write("ünï.bash", "function later() {\n}\n");
        write("plain.txt", "one\ntwo\n");
        bench.earlier = new EarlierGraph(
                List.of(new GraphPart(bench.run(new FilesystemStep(), Map.of()).part())));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void write(String name, String text) throws Exception {
        Files.writeString(bench.workspace.resolve(name), text);
    }

    private static String example(String heading, String language) throws Exception {
        String page = Files.readString(PAGE);
        String section = page.substring(page.indexOf("\n" + heading + "\n"));
        Matcher block =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(section);
        assertThat(block.find()).as("%s has an example", heading).isTrue();
        return block.group(1);
    }

    @Test
    void theShellExample() throws Exception {
        StepBench.Result result = bench.run(
                new ContainerStep(),
                Map.of("image", BUSYBOX, "command", List.of("sh", "-c", example("### In shell", "sh"))));
        assertThat(result.nodes())
                .containsExactlyInAnyOrder(licence("bin/run.sh", "Apache-2.0"), licence("odd \"name\\.c", "MIT"));
        assertThat(result.edges()).isEmpty();
        assertThat(result.counts()).isEmpty();
    }

    private static Node licence(String path, String licence) {
        return new Node(IDS.ofPath(Label.FILE, path), Label.FILE, Map.of("path", path, "licence", licence));
    }

    @Test
    void thePythonExample() throws Exception {
        Map<String, Object> python =
                Map.of("image", PYTHON_IMAGE, "command", List.of("python3", "-c", example("### In Python", "python")));
        StepBench.Result result = bench.run(new ContainerStep(), python);
        assertThat(result.nodes())
                .containsExactlyInAnyOrder(
                        function("bin/run.sh", "run", 3, 1),
                        function("bin/run.sh", "run", 6, 2),
                        function("bin/run.sh", "stop", 7, 1));
        assertThat(result.edges()).hasSize(3);
        assertThat(result.counts()).isEqualTo(Map.of("skipped.unreadable", 0L));

        Map<String, Object> withSuffix = new HashMap<>(python);
        withSuffix.put("with", "suffix=.bash");
        assertThat(bench.run(new ContainerStep(), withSuffix).nodes())
                .containsExactly(function("ünï.bash", "later", 1, 1));
    }

    private static Node function(String path, String name, long line, int overload) {
        Map<String, Object> properties = new HashMap<>(
                Map.of("path", path, "qualifiedName", name, "name", name, "startLine", line, "language", "shell"));
        if (overload > 1) {
            properties.put("overload", (long) overload);
        }
        return new Node(IDS.ofDefinition(Label.FUNCTION, path, name, overload), Label.FUNCTION, properties);
    }

    @Test
    void theJavaExample() throws Exception {
        assertThat(Files.readString(Path.of("src/test/java/dev/longshore/step/example/LinesStep.java")))
                .endsWith("\n" + example("## A Java class", "java"));
        StepBench.Result result = bench.run(new LinesStep(), Map.of("maxBytes", "50B"));
        assertThat(result.nodes())
                .contains(new Node(
                        IDS.ofPath(Label.FILE, "plain.txt"), Label.FILE, Map.of("path", "plain.txt", "lines", 2L)));
        assertThat(result.counts()).containsEntry("files", 3L).containsEntry("skipped.tooLarge", 1L);
    }
}
