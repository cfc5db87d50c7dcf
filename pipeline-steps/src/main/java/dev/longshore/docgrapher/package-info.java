/**
 * The docgrapher step: documents and docstrings, their sections, code blocks and links, and the files, classes and
 * functions that they name.
 *
 * <p>Start at {@link dev.longshore.docgrapher.DocgrapherStep}. It reads the earlier graph into a {@code GraphIndex}, then
 * gives each file to a worker, which reads it ({@code WorkspaceFiles}), parses it (package {@code format} for documents,
 * {@code docstring} for sources) and writes its nodes and edges ({@code DocumentWriter}, {@code DocstringWriter}). Links to
 * a place in another document wait on disk until every document has been read ({@code WaitingLinks}).
 */
@NullMarked
package dev.longshore.docgrapher;

import org.jspecify.annotations.NullMarked;
