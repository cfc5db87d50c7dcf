/**
 * The blarify step: classes, functions and references of source code, found by an image of ours.
 *
 * <p>Start at {@link dev.longshore.blarify.BlarifyStep}; {@link dev.longshore.blarify.AnalyserImage} builds the image from the
 * files below {@code image/} of this package's resources.
 */
@NullMarked
package dev.longshore.blarify;

import org.jspecify.annotations.NullMarked;
