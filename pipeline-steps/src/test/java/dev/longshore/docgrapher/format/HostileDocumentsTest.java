package dev.longshore.docgrapher.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Inputs that make careless parsers overflow their stack or take quadratic time. */
class HostileDocumentsTest {
    /** What quadratic time would exceed a hundredfold; a busy machine does not. */
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    static Stream<String> documents() {
        int many = 10_000;
        int more = 200_000;
        return Stream.of(
                ">".repeat(many) + " # x",
                "> ".repeat(many) + "x",
                "- ".repeat(many) + "x",
                "[".repeat(many) + "x" + "](y)".repeat(many),
                "*a ".repeat(many) + " b*".repeat(many),
                "**".repeat(many) + "x" + "**".repeat(many),
                "![".repeat(many) + "x" + "](y)".repeat(many),
                "`".repeat(more),
                Stream.iterate(1, i -> i + 1).limit(600).map("`"::repeat).reduce("", (a, b) -> a + b + "x"),
                "<a ".repeat(more),
                "<h1>".repeat(more),
                "<!--".repeat(more),
                "<a href=\"".repeat(more),
                "|a".repeat(1000) + "\n" + "|-".repeat(1000) + "\n" + "|b\n".repeat(2000),
                "[a]: b\n".repeat(20_000),
                "`a".repeat(more),
                "a_ ".repeat(more),
                "|a|_".repeat(more),
                "=\n".repeat(more),
                "x\n=\n\n".repeat(20_000),
                ".. x\n".repeat(more),
                ".. _a: b_\n.. _b: a_\n\na_ b_\n",
                "{a}".repeat(more),
                "<<".repeat(more),
                "link:".repeat(more),
                ":a: {a}{a}\n".repeat(1000) + "{a}".repeat(600),
                "https://".repeat(more),
                "x".repeat(1_000_000),
                "\0".repeat(1000),
                "\ud800\udc00\ud800",
                "");
    }

    @ParameterizedTest
    @MethodSource("documents")
    void areReadInBoundedTime(String text) {
        for (DocumentFormat format : DocumentFormat.values()) {
            assertTimeoutPreemptively(DEADLINE, () -> format.read(text), () -> format + " hangs");
        }
    }

    @ParameterizedTest
    @EnumSource(DocumentFormat.class)
    void endWithoutANewlineLikeWithOne(DocumentFormat format) {
        String text = "Title\n=====\n\nhttps://a.b";
        assertThat(format.read(text)).isEqualTo(format.read(text + "\n"));
    }
}
