/**
 * Container steps: an image reads {@code /workspace}, writes JSON Lines to {@code /out}, and is trusted with nothing.
 *
 * <p>Start at {@link dev.longshore.container.ContainerStep}; {@link dev.longshore.container.ContainerWork} is one attempt of
 * it from the image's check to the last edge, and {@link dev.longshore.container.OutputReader} what stands between an
 * image's output and the graph. The contract that an image keeps is in {@code docs/writing-a-step.md}.
 */
@NullMarked
package dev.longshore.container;

import org.jspecify.annotations.NullMarked;
