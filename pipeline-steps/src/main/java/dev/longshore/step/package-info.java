/**
 * What a step is and what it is given.
 *
 * <p>Start at {@link dev.longshore.step.Step}: implement it, name the class in {@code
 * META-INF/services/dev.longshore.step.Step}, and pipelines can name its type.
 */
@NullMarked
package dev.longshore.step;

import org.jspecify.annotations.NullMarked;
