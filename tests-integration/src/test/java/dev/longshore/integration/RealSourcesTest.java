package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Graphs of real sources, held against git, Python's ast, docutils, markdown-it and javac: what docs/evaluation.md says of
 * them. Each source is ingested once.
 */
@Tag("docker")
class RealSourcesTest {
    @TempDir
    static Path temp;

    private static final Map<RealSource, Graph> GRAPHS = new ConcurrentHashMap<>();

    private static Graph graph(RealSource source) throws IOException, InterruptedException {
        Graph known = GRAPHS.get(source);
        if (known == null) {
            Daemon daemon = Daemon.offered();
            Path out = temp.resolve(source.name());
            new Longshore(temp.resolve("call"), "ingest", source.path(), "-o", out, "-q", "--docker", "required")
                    .run()
                    .exits(0);
            assertThat(daemon.containersUsing(temp)).as("containers").isEmpty();
            known = Graph.read(out);
            GRAPHS.put(source, known);
        }
        return known;
    }

    /** The output of a comparison in tests-integration/evaluation, which exits 0 if there is no difference. */
    private static String compare(String script, Object... arguments) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of(
                RealSource.parsers().toString(),
                "-B",
                Repository.root()
                        .resolve("tests-integration/evaluation/" + script)
                        .toString()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return Command.run(command.toArray(String[]::new));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLASK", "COMMONMARK", "GUAVA", "ZOD", "NPM"})
    void filesAreThoseThatGitSees(RealSource source) throws Exception {
        assertThat(compare("compare_files.py", source.path(), graph(source).directory()))
                .contains("same=" + graph(source).count("File"));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLASK", "COMMONMARK", "GUAVA", "ZOD", "NPM"})
    void noEdgeLeadsNowhereAndNoIdIsTwice(RealSource source) throws Exception {
        Graph graph = graph(source);

        assertThat(graph.danglingEdges()).isEmpty();
        assertThat(graph.ids()).doesNotHaveDuplicates();
    }

    @Test
    void pythonClassesAndFunctionsAreThoseOfPythonsAst() throws Exception {
        assertThat(compare("compare_python_ast.py", graph(RealSource.FLASK).directory(), RealSource.FLASK.path()))
                .contains("files compared                83", "the same 155", "the same 1420");
    }

    @Test
    void docstringsAreThoseOfPythonsAst() throws Exception {
        assertThat(compare(
                        "compare_docstrings.py",
                        RealSource.FLASK.path(),
                        graph(RealSource.FLASK).directory()))
                .contains("ours=292 theirs=292 same=292");
    }

    @Test
    void restructuredTextIsWhatDocutilsReads() throws Exception {
        assertThat(compare(
                        "compare_rst.py",
                        RealSource.FLASK.path(),
                        graph(RealSource.FLASK).directory()))
                .contains("documents: 78", "headings: ours=462 theirs=462 same=462");
    }

    @ParameterizedTest
    @EnumSource(names = {"FLASK", "ZOD", "NPM"})
    void markdownIsWhatMarkdownItReads(RealSource source) throws Exception {
        assertThat(compare("compare_markdown.py", source.path(), graph(source).directory()))
                .doesNotContain("documents: 0");
    }

    @ParameterizedTest
    @EnumSource(names = {"COMMONMARK", "GUAVA"})
    void javaTypesAndMethodsAreThoseOfJavac(RealSource source) throws Exception {
        JavacView javac = JavacView.of(source.path());
        Graph graph = graph(source);

        assertThat(graph.definitions("Class")).as("types").isEqualTo(javac.types());
        assertThat(graph.definitions("Function")).as("methods and constructors").isEqualTo(javac.methods());
    }

    /** Looked up in Flask's sources by hand. */
    @Test
    void whatFlaskIsKnownToSay() throws Exception {
        Graph flask = graph(RealSource.FLASK);

        assertThat(flask.edges("INHERITS"))
                .contains("Class src/flask/app.py Flask -> Class src/flask/sansio/app.py App")
                .contains("Class src/flask/sansio/app.py App -> Class src/flask/sansio/scaffold.py Scaffold")
                .contains("Class src/flask/blueprints.py Blueprint -> Class src/flask/sansio/blueprints.py Blueprint");
        assertThat(flask.edges("CALLS"))
                .contains(
                        "Function src/flask/app.py Flask.wsgi_app -> Function src/flask/app.py Flask.handle_exception")
                .contains("Function src/flask/app.py Flask.__call__ -> Function src/flask/app.py Flask.wsgi_app");
        assertThat(flask.edges("DEFINES"))
                .contains("File src/flask/app.py -> Class src/flask/app.py Flask")
                .contains("Class src/flask/app.py Flask -> Function src/flask/app.py Flask.wsgi_app");
        assertThat(flask.edges("HAS_SECTION"))
                .anyMatch(edge -> edge.startsWith("Document README.md -> Section README.md"));
        assertThat(flask.edges("DESCRIBES"))
                .anyMatch(edge -> edge.endsWith("-> Class src/flask/app.py Flask"))
                .anyMatch(edge -> edge.endsWith("-> Function src/flask/helpers.py url_for"));
    }

    @Test
    void kindsAreAsInTheEvaluation() throws Exception {
        Map<String, Integer> found = new TreeMap<>();
        Graph flask = graph(RealSource.FLASK);
        for (String label : List.of("File", "Directory", "Class", "Function", "Document", "Section", "Docstring")) {
            found.put(label, flask.count(label));
        }

        assertThat(found)
                .isEqualTo(Map.of(
                        "File",
                        221,
                        "Directory",
                        47,
                        "Class",
                        155,
                        "Function",
                        1420,
                        "Document",
                        90,
                        "Section",
                        468,
                        "Docstring",
                        292));
        assertThat(Files.readString(Repository.root().resolve("docs/evaluation.md")))
                .as("docs/evaluation.md")
                .contains("1,420 Function", "292 Docstring");
    }
}
