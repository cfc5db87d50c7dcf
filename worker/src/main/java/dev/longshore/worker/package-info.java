/** Placeholder text. */
@NullMarked
package dev.longshore.worker;

import org.jspecify.annotations.NullMarked;
