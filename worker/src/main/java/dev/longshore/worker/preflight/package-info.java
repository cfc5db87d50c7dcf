/**
 * What is checked before a run's first Docker step, and by {@code longshore doctor}.
 *
 * <p>Start at {@link dev.longshore.worker.preflight.DockerChecks}.
 */
@NullMarked
package dev.longshore.worker.preflight;

import org.jspecify.annotations.NullMarked;
