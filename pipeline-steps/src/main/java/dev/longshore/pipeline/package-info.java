/** Placeholder text. */
@NullMarked
package dev.longshore.pipeline;

import org.jspecify.annotations.NullMarked;
