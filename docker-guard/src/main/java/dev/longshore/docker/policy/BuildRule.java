package dev.longshore.docker.policy;

/**
 * Images that may be built.
 *
 * @param repository of the full name, as in {@link ImageRule}
 * @param network whether the build's steps may use the network
 */
public record BuildRule(Glob repository, boolean network, Place where) {}
