/**
 * Sources: a directory or a git repository, and the workspace that a step reads it from.
 *
 * <p>Start at {@link dev.longshore.source.Workspace}.
 */
@NullMarked
package dev.longshore.source;

import org.jspecify.annotations.NullMarked;
