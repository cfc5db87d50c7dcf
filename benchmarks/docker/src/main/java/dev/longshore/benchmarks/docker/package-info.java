/**
 * What the guard costs beside the plain client: {@link dev.longshore.benchmarks.docker.GuardBenchmark}, run by
 * {@code benchmarks/docker/run}. What both must do stands in {@link dev.longshore.benchmarks.docker.Client}.
 */
@NullMarked
package dev.longshore.benchmarks.docker;

import org.jspecify.annotations.NullMarked;
