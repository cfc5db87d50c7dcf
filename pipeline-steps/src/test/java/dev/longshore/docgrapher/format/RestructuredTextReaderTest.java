package dev.longshore.docgrapher.format;

import static dev.longshore.docgrapher.format.DocumentFormat.RESTRUCTURED_TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RestructuredTextReaderTest {
    static Stream<Arguments> headings() {
        return Stream.of(
                Arguments.of("A\n=\n\nB\n-\n\nC\n=\n", List.of("1:1:A:a", "2:4:B:b", "1:7:C:c")),
                Arguments.of("===\n A\n===\n\nB\n===\n", List.of("1:2:A:a", "2:5:B:b")),
                Arguments.of("``code`` and *x*\n================\n", List.of("1:1:code and x:code-and-x")),
                Arguments.of("Too long a title\n====\n", List.of("1:1:Too long a title:too-long-a-title")),
                Arguments.of("Too long\n==\n", List.of()),
                Arguments.of("text\nnot a title\n===========\n", List.of()),
                Arguments.of("- item\n------\n", List.of()),
                Arguments.of("::\n\n  A\n  =\n", List.of()),
                Arguments.of("para\n\n----\n\nA\n=\n", List.of("1:5:A:a")),
                Arguments.of(".. comment\n   B\n   =\n\nA\n=\n", List.of("1:5:A:a")),
                Arguments.of("日本\n====\n", List.of("1:1:日本:日本")),
                Arguments.of("1. One\n======\n", List.of("1:1:1. One:1-one")));
    }

    @ParameterizedTest
    @MethodSource("headings")
    void readsHeadings(String text, List<String> headings) {
        assertThat(Models.headings(RESTRUCTURED_TEXT, text)).isEqualTo(headings);
    }

    static Stream<Arguments> links() {
        return Stream.of(
                Arguments.of("`a <https://b.c>`_ `d <e.rst>`__", List.of("1:https://b.c", "1:e.rst")),
                Arguments.of(
                        "`Some Name`_ x_\n\n.. _some name: https://a.b\n.. _x: https://c.d\n",
                        List.of("1:https://a.b", "1:https://c.d")),
                Arguments.of(
                        "`a`__ b__\n\n__ https://a.b\n.. __: https://c.d\n", List.of("1:https://a.b", "1:https://c.d")),
                Arguments.of("see https://a.b/c.", List.of("1:https://a.b/c")),
                Arguments.of(":doc:`x/y` :doc:`Title </z>`", List.of("1:DOC x/y", "1:DOC /z")),
                Arguments.of(":ref:`Label Name` :ref:`t <other>`", List.of("1:LABEL label name", "1:LABEL other")),
                Arguments.of(
                        ".. toctree::\n   :maxdepth: 2\n\n   a\n   B <c/d>\n\ntext", List.of("4:DOC a", "5:DOC c/d")),
                Arguments.of(".. image:: x.png\n   :target: https://a.b\n", List.of("1:IMAGE x.png", "2:https://a.b")),
                Arguments.of(".. include:: ../LICENSE\n.. include:: <isonum.txt>\n", List.of("1:INCLUDE ../LICENSE")),
                Arguments.of("|x|_ y\n\n.. |x| replace:: ``x``\n.. _x: https://a.b\n", List.of("1:https://a.b")),
                Arguments.of(
                        ":pep:`8` :rfc:`2822#section-3`",
                        List.of(
                                "1:https://peps.python.org/pep-0008",
                                "1:https://tools.ietf.org/html/rfc2822.html#section-3")),
                Arguments.of("``https://no`` and ::\n\n    https://no.no\n", List.of()),
                Arguments.of("self.__class__ a_b _c d_", List.of()));
    }

    @ParameterizedTest
    @MethodSource("links")
    void readsLinks(String text, List<String> links) {
        assertThat(Models.links(RESTRUCTURED_TEXT, text)).isEqualTo(links);
    }

    @Test
    void readsCodeBlocks() {
        String text = """
                .. highlight:: rst

                Text::

                    literal

                .. code-block:: Python
                   :linenos:

                   x = 1

                - item::

                    literal in an item

                >>> doctest
                1

                .. note::

                   .. code:: sh

                      ls
                """;

        assertThat(Models.codeBlocks(RESTRUCTURED_TEXT, text))
                .containsExactly("5:rst", "7:python", "14:rst", "16:pycon", "21:sh");
    }

    static Stream<Arguments> literalBlocks() {
        return Stream.of(
                // What stands in a numbered item is aligned to its text, not to its number.
                Arguments.of("1. a::\n\n     x\n\n   b::\n\n     y\n", List.of("3:", "7:")),
                Arguments.of("(12) a::\n\n       x\n\n     b::\n\n       y\n", List.of("3:", "7:")),
                Arguments.of("#) - a::\n\n       x\n\n     b::\n\n       y\n", List.of("3:", "7:")),
                Arguments.of("1. a\n2. b::\n\n     x\n\n   c::\n\n     y\n", List.of("4:", "8:")),
                Arguments.of("1. a::\n\n   x\n", List.of()),
                Arguments.of("a drops to\n0. It::\n\n  x\n", List.of("4:")),
                // A tab is as wide as it is shown.
                Arguments.of("\ta::\n\n\t\tx\n\n\tb::\n\n\t\ty\n", List.of("3:", "7:")),
                Arguments.of("-\ta::\n\n\t\tx\n\n\tb::\n\n\t\ty\n", List.of("3:", "7:")),
                Arguments.of("\t.. code::\n\n\t\tx\n\n\ttext::\n\n\t\ty\n", List.of("1:", "7:")),
                // Quoted: not indented, and each line begins with the same mark.
                Arguments.of("a::\n\n# x\n# y\n\ntext\n", List.of("3:")),
                Arguments.of("a::\n\n> x\n\n> y\n", List.of("3:")),
                Arguments.of("- a::\n\n  $ x\n\n  b::\n\n    y\n", List.of("3:", "7:")),
                Arguments.of("- a::\n\n- b::\n\n    y\n", List.of("5:")),
                Arguments.of("a::\n\nx\n", List.of()),
                Arguments.of("a::\n\n.. code:: c\n\n   x\n", List.of("3:c")),
                Arguments.of("a::", List.of()),
                // The colons of a directive.
                Arguments.of(".. code :: c\n\n   x\n", List.of("1:c")),
                Arguments.of(".. note ::\n\n   a::\n\n     x\n", List.of("5:")),
                Arguments.of(".. code::c\n\n   x::\n\n     y\n", List.of()));
    }

    @ParameterizedTest
    @MethodSource("literalBlocks")
    void readsLiteralBlocksWhereTheyAreAligned(String text, List<String> blocks) {
        assertThat(Models.codeBlocks(RESTRUCTURED_TEXT, text)).isEqualTo(blocks);
    }

    @Test
    void readsNamesAndTheirRoles() {
        assertThat(Models.names(
                        RESTRUCTURED_TEXT,
                        "``a.b`` :class:`~flask.Flask` :py:func:`t <x.y>`\n:file:`z.py` :unknown:`no`"))
                .containsExactly("1:a.b", "1:class ~flask.Flask", "1:py:func x.y", "2:z.py");
    }

    @Test
    void labelsNameTheSectionThatFollows() {
        ParsedDocument document =
                RESTRUCTURED_TEXT.read("A\n=\n\n.. _first:\n.. _Second One:\n\nB\n-\n\n.. _third:\n\ntext\n");

        assertThat(document.labels())
                .containsEntry("first", 1)
                .containsEntry("second one", 1)
                .containsEntry("third", 1);
    }
}
