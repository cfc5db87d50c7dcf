/**
 * Runs: one pipeline applied to one source, and the states that it and its steps go through.
 *
 * <p>Start at {@link dev.longshore.run.Run}: a value whose methods are the only transitions there are; a {@link
 * dev.longshore.run.RunStore} applies them atomically.
 */
@NullMarked
package dev.longshore.run;

import org.jspecify.annotations.NullMarked;
