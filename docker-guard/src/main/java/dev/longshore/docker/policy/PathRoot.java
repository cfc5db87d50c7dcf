package dev.longshore.docker.policy;

import java.nio.file.Path;

/** A directory that, with all below it, containers may be given. Absolute; its own symbolic links are followed when it is used. */
public record PathRoot(Path path, Place where) {}
