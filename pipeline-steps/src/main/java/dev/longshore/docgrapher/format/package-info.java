/**
 * Documents, read into one model whatever their format: headings, code blocks, links and names in code.
 *
 * <p>Start at {@link dev.longshore.docgrapher.format.DocumentFormat}, which tells what format a file has and reads it into
 * a {@link dev.longshore.docgrapher.format.ParsedDocument}.
 *
 * <p>Markdown is read by commonmark-java, which is well kept and passes the whole CommonMark specification; bare URLs are
 * found by the autolink library from the same author. For reStructuredText there is no kept parser on the JVM (JRst has
 * been dormant for years; no tree-sitter-rst is published as a jar), and AsciidoctorJ is the Ruby program in JRuby: two
 * seconds and some 200 MiB before the first line is read. Of both languages only headings, code blocks and links are
 * wanted, and those are defined line by line; so both have a reader of their own here, held against docutils in
 * tests-integration/evaluation.
 */
@NullMarked
package dev.longshore.docgrapher.format;

import org.jspecify.annotations.NullMarked;
