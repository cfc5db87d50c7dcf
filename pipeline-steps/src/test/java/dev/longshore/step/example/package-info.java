/** The Java example of {@code docs/writing-a-step.md}, held to be the same by a test. */
@NullMarked
package dev.longshore.step.example;

import org.jspecify.annotations.NullMarked;
