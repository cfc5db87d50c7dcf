package dev.longshore.docgrapher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.docgrapher.StepFixture.Result;
import dev.longshore.graph.EdgeType;
import dev.longshore.graph.Label;
import dev.longshore.step.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocgrapherStepTest {
    @TempDir
    Path temporary;

    private StepFixture fixture;

    @BeforeEach
    void setUp() throws Exception {
        fixture = new StepFixture(
                Files.createDirectory(temporary.resolve("root")), Files.createDirectory(temporary.resolve("work")));
    }

    @Test
    void isFoundByItsType() {
        assertThat(ServiceLoader.load(Step.class))
                .anySatisfy(step -> assertThat(step.type()).isEqualTo("docgrapher"));
    }

    @Test
    void nestsSectionsUnderTheDocument() throws Exception {
        Result result =
                fixture.file("README.md", "# A\n\n## B\n\n### C\n\n## D\n").run();

        assertThat(result.edges(EdgeType.HAS_SECTION))
                .containsExactly(
                        "README.md#a -> README.md#b",
                        "README.md#a -> README.md#d",
                        "README.md#b -> README.md#c",
                        "document README.md -> README.md#a");
        assertThat(result.edges(EdgeType.DESCRIBES)).containsExactly("document README.md -> README.md");
        assertThat(result.document("README.md")).containsEntry("title", "A").containsEntry("format", "markdown");
    }

    @Test
    void resolvesLinksOfEveryKind() throws Exception {
        Result result = fixture.file("docs/guide.md", """
                        # Guide
                        [same](#guide) [other](../README.md#usage) [dir](../src/) [root](/src/a%20b.py)
                        [file](<../src/a b.py>) ![image](logo.png) <https://example.com/x> [ref] [line](../src/a%20b.py#L3)
                        [mail](mailto:a@b.c) [up](../../issues)

                        [ref]: ../README.md "title"
                        """)
                .file("README.md", "# Read\n## Usage\n[guide](docs/guide.md)\n")
                .file("src/a b.py", "x = 1\n")
                .file("docs/logo.png", "png")
                .run();

        assertThat(result.edges(EdgeType.LINKS_TO))
                .containsExactly(
                        "README.md#usage -> docs/guide.md",
                        "docs/guide.md#guide -> README.md",
                        "docs/guide.md#guide -> README.md#usage",
                        "docs/guide.md#guide -> docs/guide.md#guide",
                        "docs/guide.md#guide -> docs/logo.png",
                        "docs/guide.md#guide -> https://example.com/x",
                        "docs/guide.md#guide -> src",
                        "docs/guide.md#guide -> src/a b.py",
                        "docs/guide.md#guide -> src/a b.py");
        assertThat(result.counts()).containsEntry("links.outside", 1L).doesNotContainKey("links.broken");
    }

    @Test
    void recordsBrokenLinksWhereTheyStand() throws Exception {
        Result result = fixture.file("a.md", "[x](gone.md)\n\n# H\n\n[y](#nowhere) [z](b.md#nowhere)\n")
                .file("b.md", "# B\n")
                .run();

        assertThat(result.document("a.md")).containsEntry("brokenLinks", List.of("1:gone.md"));
        assertThat(result.nodes(Label.SECTION).stream()
                        .filter(node -> node.text("anchor").equals("h"))
                        .findFirst()
                        .orElseThrow()
                        .property("brokenLinks"))
                .isEqualTo(List.of("5:#nowhere", "5:b.md#nowhere"));
        assertThat(result.edges(EdgeType.LINKS_TO)).containsExactly("a.md#h -> b.md");
        assertThat(result.counts()).containsEntry("links.broken", 3L);
    }

    @Test
    void refersToWhatCodeNames() throws Exception {
        Result result = fixture.file("README.md", """
                        `Flask.route()` `flask.Flask` `src/flask/app.py` `flask.app` `get` `nothing_here` `run`
                        `helpers.py`
                        """)
                .file("src/flask/app.py", "")
                .file("src/flask/helpers.py", "")
                .file("tests/helpers.py", "")
                .definition(Label.CLASS, "src/flask/app.py", "Flask", 1)
                .definition(Label.FUNCTION, "src/flask/app.py", "Flask.route", 2)
                .definition(Label.FUNCTION, "src/flask/app.py", "Flask.get", 9)
                .definition(Label.FUNCTION, "src/flask/app.py", "run", 20)
                .definition(Label.FUNCTION, "src/flask/helpers.py", "run", 20)
                .run();

        assertThat(result.edges(EdgeType.REFERENCES))
                .containsExactly(
                        "document README.md -> src/flask/app.py",
                        "document README.md -> src/flask/app.py:Flask",
                        "document README.md -> src/flask/app.py:Flask.route");
        assertThat(result.counts())
                .containsEntry("references", 3L)
                .containsEntry("references.ambiguous", 2L)
                .containsEntry("references.unresolved", 1L);
    }

    @Test
    void describesOwnersByPlaceEvenWhereOverloadsAreCountedOtherwise() throws Exception {
        Result result = fixture.file(
                        "A.java",
                        "/** Of A. */\nclass A {\n  /** One. */\n  void m() {}\n  /** Two. */\n  void m(int i) {}\n}\n")
                .definition(Label.CLASS, "A.java", "A", 2)
                .definition(Label.FUNCTION, "A.java", "A.m", 6)
                .definition(Label.FUNCTION, "A.java", "A.m", 4, 2)
                .run();

        assertThat(result.edges(EdgeType.DESCRIBES))
                .containsExactly(
                        "doc of Class A -> A.java:A",
                        "doc of Function A.m -> A.java:A.m",
                        "doc of Function A.m -> A.java:A.m/2");
        assertThat(result.nodes(Label.DOCSTRING)).hasSize(3);
    }

    @Test
    void keepsDocstringsWithoutOwnersWhenNothingWasAnalysed() throws Exception {
        Result result = fixture.file("m.py", "\"\"\"Module.\"\"\"\ndef f():\n    \"\"\"Of f.\"\"\"\n")
                .run();

        assertThat(result.edges(EdgeType.DESCRIBES)).containsExactly("doc of File  -> m.py");
        assertThat(result.counts()).containsEntry("docstrings", 2L).containsEntry("docstrings.withoutOwner", 1L);
    }

    @Test
    void leavesOutWhatTheFilesystemStepMarked() throws Exception {
        Result result = fixture.file("a.md", "# A")
                .file("b.md", "# B")
                .file("c.md", "# C")
                .properties("a.md", Map.of("binary", true))
                .properties("b.md", Map.of("oversized", true))
                .properties("c.md", Map.of("nameBytes", "YQ=="))
                .properties("gone.md", Map.of("language", "markdown"))
                .run();

        assertThat(result.nodes(Label.DOCUMENT)).isEmpty();
        assertThat(result.counts())
                .containsOnly(
                        Map.entry("skipped.binary", 1L),
                        Map.entry("skipped.oversized", 1L),
                        Map.entry("skipped.nameNotUtf8", 1L),
                        Map.entry("skipped.vanished", 1L));
    }

    @Test
    void followsNoSymbolicLink() throws Exception {
        Path outside = Files.createDirectory(temporary.resolve("outside"));
        Files.writeString(outside.resolve("secret.md"), "# Secret");
        Path root = temporary.resolve("root");
        Files.createSymbolicLink(root.resolve("dir"), outside);
        Files.createSymbolicLink(root.resolve("link.md"), outside.resolve("secret.md"));

        Result result = fixture.properties("dir/secret.md", Map.of("language", "markdown"))
                .properties("link.md", Map.of("language", "markdown"))
                .run();

        assertThat(result.nodes(Label.DOCUMENT)).isEmpty();
        assertThat(result.counts()).containsOnly(Map.entry("skipped.unreadable", 2L));
    }

    @Test
    void writesTheSameBytesForAnyNumberOfThreads() throws Exception {
        for (int i = 0; i < 200; i++) {
            fixture.file(
                    "d" + i % 7 + "/f" + i + ".md",
                    "# T " + i + "\n[next](../d" + (i + 1) % 7 + "/f" + (i + 1) + ".md#t-" + (i + 1) + ") `f" + i
                            + ".md` https://example.com/" + i % 5 + "\n## T " + i + "\n");
        }
        Result one = fixture.threads(1).run();
        Result many = fixture.threads(8).run();

        assertThat(Files.readAllBytes(many.directory().resolve("nodes.jsonl")))
                .isEqualTo(Files.readAllBytes(one.directory().resolve("nodes.jsonl")));
        assertThat(Files.readAllBytes(many.directory().resolve("edges.jsonl")))
                .isEqualTo(Files.readAllBytes(one.directory().resolve("edges.jsonl")));
        assertThat(many.counts()).isEqualTo(one.counts());
        assertThat(one.counts()).containsEntry("documents", 200L).containsEntry("sections", 400L);
    }
}
