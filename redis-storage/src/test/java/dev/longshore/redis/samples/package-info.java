/** The samples of this module's README, which see no more of the store than its users do. {@code ReadmeTest} runs them. */
@NullMarked
package dev.longshore.redis.samples;

import org.jspecify.annotations.NullMarked;
