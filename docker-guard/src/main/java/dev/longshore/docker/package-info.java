/**
 * The guarded Docker client: what stands between a program and the daemon whose socket makes it root on the host.
 *
 * <p>Start at {@link dev.longshore.docker.GuardedDocker}. {@link dev.longshore.docker.ContainerRequest} is all that can be asked
 * of it, {@link dev.longshore.docker.ContainerExit} how a container ends and {@link dev.longshore.docker.DockerFailure}
 * everything that can go wrong, each with what the operator should do. Inside, {@code Hardening} turns a request into what the
 * daemon is told, {@code ContainerRun} is one container's life, and {@code DaemonConnection} gives every call its deadline.
 */
@NullMarked
package dev.longshore.docker;

import org.jspecify.annotations.NullMarked;
