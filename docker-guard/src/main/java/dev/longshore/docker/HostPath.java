package dev.longshore.docker;

import java.nio.file.Path;

/** What a file that this process sees is to the daemon. */
public sealed interface HostPath {
    /** The path as this process has it, without symbolic links. */
    Path path();

    /** The daemon has it at the same path. */
    record Same(Path path) implements HostPath {}

    /**
     * The daemon has it at another path: this process runs in a container, and the file is in one of its mounts.
     *
     * @param onHost where the daemon has it
     * @param inVolume whether that is in a volume, which lies below the daemon's own directory
     */
    record Translated(Path path, Path onHost, boolean inVolume) implements HostPath {}

    /** The daemon has no name for it, so that a container only gets a copy, in a volume. */
    record Copied(Path path) implements HostPath {}
}
