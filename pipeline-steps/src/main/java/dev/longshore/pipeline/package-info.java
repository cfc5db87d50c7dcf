/**
 * Pipelines: named steps read from YAML, checked all at once.
 *
 * <p>Start at {@link dev.longshore.pipeline.PipelineLoader}, which gives a {@link dev.longshore.pipeline.Pipeline} or every
 * problem of a file with its line.
 */
@NullMarked
package dev.longshore.pipeline;

import org.jspecify.annotations.NullMarked;
