package dev.longshore.docker;

import java.util.OptionalLong;

/**
 * The daemon at the other end, as it was when asked.
 *
 * @param name the daemon's host name
 * @param engineVersion version of the engine, such as {@code 20.10.24}
 * @param apiVersion version negotiated for this client, such as {@code 1.41}
 * @param minApiVersion oldest version the daemon speaks
 * @param maxApiVersion newest version the daemon speaks
 * @param os {@code linux} or {@code windows}
 * @param arch such as {@code x86_64}
 * @param rootless whether the daemon runs without root
 * @param userNamespaces whether containers' users are mapped to other users of the host
 * @param seccomp whether the daemon confines containers' system calls
 * @param cgroupVersion 1 or 2, 0 where the daemon does not say
 * @param rootDirectory where the daemon keeps images and containers, a path of its own host
 * @param rootFreeBytes free space there, where this process sees that directory too
 */
public record DaemonInfo(
        String name,
        String engineVersion,
        String apiVersion,
        String minApiVersion,
        String maxApiVersion,
        String os,
        String arch,
        boolean rootless,
        boolean userNamespaces,
        boolean seccomp,
        int cgroupVersion,
        String rootDirectory,
        OptionalLong rootFreeBytes) {}
