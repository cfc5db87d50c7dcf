package dev.longshore.docgrapher.format;

import static dev.longshore.docgrapher.format.DocumentFormat.MARKDOWN;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MarkdownReaderTest {
    static Stream<Arguments> headings() {
        return Stream.of(
                Arguments.of("# A\n## B #\n", List.of("1:1:A:a", "2:2:B:b")),
                Arguments.of(
                        "Setext\n===\n\ntwo\nlines\n---\n", List.of("1:1:Setext:setext", "2:4:two lines:two-lines")),
                Arguments.of("# *A* `b` [c](d) ~~e~~ <b>f</b>\n", List.of("1:1:A b c e f:a-b-c-e-f")),
                Arguments.of("# ![Logo](l.png) Name\n", List.of("1:1:Logo Name:name")),
                Arguments.of("> # quoted\n- # listed\n", List.of("1:1:quoted:quoted", "1:2:listed:listed")),
                Arguments.of("    # code\n\n```\n# code\n```\n#no\n", List.of()),
                Arguments.of("# A\r\n# B\r# C\n", List.of("1:1:A:a", "1:2:B:b", "1:3:C:c")),
                Arguments.of("# &amp; \\* x\n", List.of("1:1:& * x:--x")),
                Arguments.of("---\ntitle: x\n---\n# A\n", List.of("1:4:A:a")),
                Arguments.of("---\n\n# A\n\n---\n", List.of("1:3:A:a")));
    }

    @ParameterizedTest
    @MethodSource("headings")
    void readsHeadings(String text, List<String> headings) {
        assertThat(Models.headings(MARKDOWN, text)).isEqualTo(headings);
    }

    static Stream<Arguments> links() {
        return Stream.of(
                Arguments.of("[a](b.md)\n[c][d]\n\n[d]: <e f.md> 'title'\n", List.of("1:b.md", "2:e f.md")),
                Arguments.of("<https://a.b/c> https://d.e/f.", List.of("1:https://a.b/c", "1:https://d.e/f")),
                Arguments.of("[![x](i.png)](u.md)", List.of("1:u.md", "1:IMAGE i.png")),
                Arguments.of("[https://a.b](https://c.d)", List.of("1:https://c.d")),
                Arguments.of("<a href=\"x.md\">x</a> <img\n src='y.png'>", List.of("1:x.md", "1:IMAGE y.png")),
                Arguments.of("<p>\n<a name=\"top\" href=q.md>q</a>\n</p>", List.of("2:q.md")),
                Arguments.of("| a |\n|---|\n| [x](y.md) |\n", List.of("3:y.md")),
                Arguments.of("`[a](b)` \\[c](d)", List.of()),
                Arguments.of("<!-- <a href='no.md'> -->", List.of()),
                Arguments.of("[a](<>)", List.of()));
    }

    @ParameterizedTest
    @MethodSource("links")
    void readsLinks(String text, List<String> links) {
        assertThat(Models.links(MARKDOWN, text)).isEqualTo(links);
    }

    @Test
    void readsCode() {
        String text =
                "```python title=x\na\n```\n\n~~~{.rust}\n~~~\n\n    indented\n\n- ```C++\n  ```\n`name` x ``a`b``\n";

        assertThat(Models.codeBlocks(MARKDOWN, text)).containsExactly("1:python", "5:rust", "8:", "10:c++");
        assertThat(Models.names(MARKDOWN, text)).containsExactly("12:name", "12:a`b");
    }

    @Test
    void takesTheTitleFromFrontMatterThenTheFirstTopHeading() {
        assertThat(MARKDOWN.read("---\ntitle: \"T\"\nx: 1\n---\n# A").title()).contains("T");
        assertThat(MARKDOWN.read("+++\ntitle = 'T'\n+++\n# A").title()).contains("T");
        assertThat(MARKDOWN.read("## B\n# A").title()).contains("A");
        assertThat(MARKDOWN.read("<h1 align=center><img> Centred</h1>\n\n## B").title())
                .contains("Centred");
        assertThat(MARKDOWN.read("text").title()).isEmpty();
    }

    @Test
    void knowsAnchorsInHtml() {
        ParsedDocument document = MARKDOWN.read("<a id=\"one\"></a>\n# A\n<a name='two'></a>\n");

        assertThat(document.anchors())
                .containsEntry("one", -1)
                .containsEntry("two", 0)
                .containsEntry("a", 0);
    }
}
