package dev.longshore.docgrapher.format;

import static dev.longshore.docgrapher.format.DocumentFormat.ASCIIDOC;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AsciiDocReaderTest {
    @Test
    void readsHeadings() {
        String text =
                "= Title\nAuthor\n\n== First `x`\n\n=== Second ===\n\nOld Style\n---------\n\n====\nexample\n====\n";

        assertThat(Models.headings(ASCIIDOC, text))
                .containsExactly(
                        "1:1:Title:title", "2:4:First x:first-x", "3:6:Second:second", "2:8:Old Style:old-style");
    }

    @Test
    void readsCodeBlocks() {
        String text = """
                [source,java]
                ----
                == no heading
                ----

                ....
                literal
                ....

                ```rust
                fn
                ```

                [source,sh]
                ls -l
                more
                """;

        assertThat(Models.codeBlocks(ASCIIDOC, text)).containsExactly("2:java", "6:", "10:rust", "15:sh");
        assertThat(Models.headings(ASCIIDOC, text)).isEmpty();
    }

    @Test
    void readsLinks() {
        String text = """
                :imagesdir: images
                :base: https://a.b
                link:x.adoc[X] xref:y.adoc#p[Y] https://c.d[site] {base}/e <<here,Here>> <<z.adoc#q>>
                image::pic.png[]
                include::part.adoc[]
                // https://comment.no
                image:{unknown}/x.png[] link:{unknown}[]
                """;

        assertThat(Models.links(ASCIIDOC, text))
                .containsExactly(
                        "3:x.adoc",
                        "3:y.adoc#p",
                        "3:https://c.d",
                        "3:https://a.b/e",
                        "3:#here",
                        "3:z.adoc#q",
                        "4:IMAGE images/pic.png",
                        "5:INCLUDE part.adoc",
                        "7:IMAGE {unknown}/x.png");
    }

    @Test
    void knowsAnchors() {
        ParsedDocument document = ASCIIDOC.read("= T\n\n[[own]]\n== My Section\n\n[#other]\n== B\n\nx [[inline]]\n");

        assertThat(document.anchors())
                .containsEntry("own", 1)
                .containsEntry("_my_section", 1)
                .containsEntry("other", 2)
                .containsEntry("inline", 2);
    }
}
