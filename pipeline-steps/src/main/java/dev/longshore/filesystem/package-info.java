/**
 * The filesystem step: repository, directories, files and symbolic links.
 *
 * <p>Start at {@link dev.longshore.filesystem.FilesystemStep}; {@code SourceWalk} goes through the directories, {@code
 * IgnoreChain} says what is left out, {@code SourceGraph} writes what is found. What the step promises is in
 * docs/steps/filesystem.md.
 */
@NullMarked
package dev.longshore.filesystem;

import org.jspecify.annotations.NullMarked;
