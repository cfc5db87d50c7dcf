/**
 * Docstrings, Javadoc and JSDoc, each with the definition that it describes.
 *
 * <p>Start at {@link dev.longshore.docgrapher.docstring.DocstringReader}.
 *
 * <p>The sources are read by tree-sitter through tree-sitter-ng's binding (MIT, released several times a year), which
 * runs on Java 17; tree-sitter's own Java binding needs Java 22. A query finds definitions and comments inside the native
 * library: walking the tree node by node from Java costs some ten times the parse. Nothing here recurses, so neither the
 * Java nor the native stack grows with a source's nesting.
 */
@NullMarked
package dev.longshore.docgrapher.docstring;

import org.jspecify.annotations.NullMarked;
