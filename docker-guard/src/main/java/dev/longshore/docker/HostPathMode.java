package dev.longshore.docker;

/** How the guard tells what the daemon calls the files that this process sees. */
public enum HostPathMode {
    /** By asking the daemon about the container that this process may be in; see {@link HostPath}. */
    AUTO,
    /** The daemon has every file at the same path. */
    SAME,
    /** The daemon has none of them: all are copied. */
    COPY
}
