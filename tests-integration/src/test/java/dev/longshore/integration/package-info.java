/**
 * Tests of the whole program, as its users run it: {@link dev.longshore.integration.Longshore} starts it as a process of
 * its own.
 */
@NullMarked
package dev.longshore.integration;

import org.jspecify.annotations.NullMarked;
