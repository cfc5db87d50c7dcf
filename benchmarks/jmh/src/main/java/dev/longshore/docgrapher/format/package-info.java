/** How fast documents are read. */
@NullMarked
package dev.longshore.docgrapher.format;

import org.jspecify.annotations.NullMarked;
