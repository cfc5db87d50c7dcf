package dev.longshore.docgrapher.docstring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DocstringReaderTest {
    /** {@code owner name/overload ownerLine line: text}, with line ends as {@code |}. */
    private static List<String> read(SourceLanguage language, String source)
            throws InterruptedException, TooComplexException {
        return DocstringReader.read(language, source.getBytes(UTF_8)).stream()
                .map(doc -> doc.owner() + " " + doc.qualifiedName() + "/" + doc.overload() + " " + doc.ownerLine() + " "
                        + doc.line() + ": " + doc.text().replace('\n', '|'))
                .toList();
    }

    @Test
    void readsPython() throws Exception {
        String source = """
                # comment
                '''Module.'''
                class A(B):
                    # before
                    "Class A."
                    @property
                    @other(1)
                    async def m(self):
                        r\"""Getter \\d.

                            indented
                        \"""
                    @m.setter
                    def m(self, v):
                        'Set' "ter"
                    class In: ('In.')
                def f():
                    if x:
                        def g(): "G \\u00e9\\n\\x41\\N{BULLET}"
                def none():
                    x = 'no'
                def b(): b'no'
                def fs(): f'no'
                def late():
                    pass
                    'no'
                """;
        assertThat(read(SourceLanguage.PYTHON, source))
                .containsExactly(
                        "FILE /1 0 2: Module.",
                        "CLASS A/1 3 5: Class A.",
                        "FUNCTION A.m/1 8 9: Getter \\d.||indented",
                        "FUNCTION A.m/2 14 15: Setter",
                        "CLASS A.In/1 16 16: In.",
                        "FUNCTION f.g/1 19 19: G é|A•");
    }

    @Test
    void readsJava() throws Exception {
        String source = """
                /** Licence. */
                package a;
                /** Of Outer. */
                // a comment between
                @Deprecated
                public class Outer {
                  /** A field. */ int x;
                  /**
                   * One.
                   *
                   * <p>More
                   */
                  void m() {}
                  /** Two. **/
                  @Override public int m(int i) { return 0; }
                  /* no */ void n() {}
                  /** Gone. */;
                  void o() {}
                  /** E. */ enum E { /** constant */ A; /** In E. */ void p() {} }
                  /** R. */ record R(int i) { /** C. */ R {} }
                  /** @I. */ @interface I { /** v */ int value(); }
                  /** Ctor. */ Outer() {}
                  /**/ void q() {}
                }
                """;
        assertThat(read(SourceLanguage.JAVA, source))
                .containsExactly(
                        "FILE /1 0 1: Licence.",
                        "CLASS Outer/1 5 3: Of Outer.",
                        "FUNCTION Outer.m/1 13 8: One.||<p>More",
                        "FUNCTION Outer.m/2 15 14: Two.",
                        "CLASS Outer.E/1 19 19: E.",
                        "FUNCTION Outer.E.p/1 19 19: In E.",
                        "CLASS Outer.R/1 20 20: R.",
                        "FUNCTION Outer.R.R/1 20 20: C.",
                        "CLASS Outer.I/1 21 21: @I.",
                        "FUNCTION Outer.I.value/1 21 21: v",
                        "FUNCTION Outer.Outer/1 22 22: Ctor.");
    }

    @Test
    void readsJavaScript() throws Exception {
        String source = """
                /** @fileoverview All of it. */
                /** F. */
                export default async function f() {}
                /** Arrow. */
                export const a = () => 1, b = () => 2;
                /** K. */
                class K { /** get */ get x() {} /** 'q' */ 'quoted'() {} /** #p */ #p() {} }
                /** no owner */
                let y = 3;
                function after() {}
                /** JSX. */
                const C = function () { return <div>{/** no */}</div>; };
                """;
        assertThat(read(SourceLanguage.JAVASCRIPT, source))
                .containsExactly(
                        "FILE /1 0 1: @fileoverview All of it.",
                        "FUNCTION f/1 3 2: F.",
                        "FUNCTION a/1 5 4: Arrow.",
                        "CLASS K/1 7 6: K.",
                        "FUNCTION K.x/1 7 7: get",
                        "FUNCTION K.quoted/1 7 7: 'q'",
                        "FUNCTION K.#p/1 7 7: #p",
                        "FUNCTION C/1 12 11: JSX.");
    }

    @Test
    void readsTypeScript() throws Exception {
        String source = """
                /** I. */
                export interface I { /** m */ m(): void }
                /** A. */
                @Decorated({ x: 1 })
                export abstract class A { /** n */ @Input() abstract n(): void; /** o */ public async o() {} }
                /** T. */
                export type T = string;
                /** over */
                export declare function g(x: string): void;
                """;
        List<String> expected = List.of(
                "CLASS I/1 2 1: I.",
                "FUNCTION I.m/1 2 2: m",
                "FUNCTION A.o/1 5 5: o",
                "CLASS T/1 7 6: T.",
                "FUNCTION g/1 9 8: over");
        assertThat(read(SourceLanguage.TYPESCRIPT, source)).containsAll(expected);
        assertThat(read(SourceLanguage.TSX, source)).containsAll(expected);
        assertThat(read(SourceLanguage.TYPESCRIPT, source))
                .anySatisfy(doc -> assertThat(doc).startsWith("CLASS A/1"));
    }

    static Stream<String> hostileSources() {
        return Stream.of(
                "(".repeat(100_000),
                "[".repeat(100_000) + "]".repeat(100_000),
                "{".repeat(1_900),
                "class A { ".repeat(1_900),
                "def f():\n ".repeat(500),
                "a.b(".repeat(1_900),
                "/** x */".repeat(5_000),
                "/**".repeat(5_000),
                "'''".repeat(1_001),
                "-".repeat(20_000) + "1",
                "\ufffd\u0001".repeat(1_000),
                "");
    }

    @ParameterizedTest
    @MethodSource("hostileSources")
    void readsHostileSourcesInBoundedTime(String source) {
        for (SourceLanguage language : SourceLanguage.values()) {
            assertTimeoutPreemptively(
                    Duration.ofSeconds(60),
                    () -> {
                        try {
                            DocstringReader.read(language, source.getBytes(UTF_8));
                        } catch (TooComplexException e) {
                            // Giving up is what is asked for, if it does so soon.
                            assertThat(source.length()).isGreaterThan(1000);
                        }
                    },
                    language::name);
        }
    }

    @ParameterizedTest
    @EnumSource(SourceLanguage.class)
    void stopsWhenInterrupted(SourceLanguage language) {
        byte[] large = "a = b + c\n".repeat(200_000).getBytes(UTF_8);
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> DocstringReader.read(language, large)).isInstanceOf(InterruptedException.class);
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void leavesNoLibraryBehind() throws Exception {
        read(SourceLanguage.PYTHON, "x = 1");

        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(this::isOfThisProcess))
                    .isEmpty();
        }
    }

    private boolean isOfThisProcess(String name) {
        return name.startsWith(
                "longshore-tree-sitter-" + ProcessHandle.current().pid() + "-");
    }
}
