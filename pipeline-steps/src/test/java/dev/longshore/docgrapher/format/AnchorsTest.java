package dev.longshore.docgrapher.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Anchors as GitHub gives them; the examples are headings of public READMEs with the anchors that link to them. */
class AnchorsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = true, textBlock = """
                    Getting Started                      | getting-started
                    What's new in 2.0?                   | whats-new-in-20
                    C++ & C#                             | c--c
                    `npm install`                        | npm-install
                    snake_case and kebab-case            | snake_case-and-kebab-case
                    5.5.0-beta.0 (2017-09-22)            | 550-beta0-2017-09-22
                    🚀 Features                          | -features
                    Foo 🎉 bar                           | foo--bar
                    Привет мир                           | привет-мир
                    日本語                                | 日本語
                    Café & naïveté                       | café--naïveté
                    ÜBER                                 | über
                    a  b                                 | a--b
                    I/O, files: a--b                     | io-files-a--b
                    :tada: Release                       | tada-release
                    @types/node                          | typesnode
                    __init__.py                          | __init__py
                    Q&A                                  | qa
                    --no-color                           | --no-color
                    हिन्दी                                 | हिन्दी
                    """)
    void namesHeadingsAsGitHubDoes(String heading, String anchor) {
        assertThat(Anchors.slug(heading)).isEqualTo(anchor);
    }

    @Test
    void numbersWhatIsTaken() {
        Anchors anchors = new Anchors();
        assertThat(List.of("Foo", "foo", "Foo 1", "FOO", "", "").stream().map(anchors::next))
                .containsExactly("foo", "foo-1", "foo-1-1", "foo-2", "", "-1");
    }
}
