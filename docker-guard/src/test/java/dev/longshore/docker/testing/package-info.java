/**
 * A Docker daemon that does what a test tells it to, for programs that use docker-guard: what a real daemon cannot be made to do at will,
 * such as answering late, half or not at all, speaking another API version, or going away in the middle of a call.
 *
 * <p>Start at {@link dev.longshore.docker.testing.FakeDaemon}; {@link dev.longshore.docker.testing.Answers} has the answers, and
 * {@link dev.longshore.docker.testing.FakeContainers} a daemon that seems to run containers. Only the JDK and docker-guard are needed,
 * and no test framework.
 */
@NullMarked
package dev.longshore.docker.testing;

import org.jspecify.annotations.NullMarked;
