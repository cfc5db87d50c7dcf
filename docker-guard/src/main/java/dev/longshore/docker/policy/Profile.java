package dev.longshore.docker.policy;

import java.util.List;

/**
 * What the containers of some steps may have. What no list names is denied.
 *
 * @param steps names of the steps it is for
 * @param networks names of networks besides none
 */
public record Profile(
        Glob steps,
        List<ImageRule> images,
        Binds binds,
        Volumes volumes,
        List<NameRule> networks,
        LimitRules limits,
        EnvironmentRules environment,
        UserRules users,
        Place where) {
    /**
     * Files of the host.
     *
     * @param read what may be mounted read-only
     * @param write what may be an output directory
     * @param sockets whether a directory may be mounted in which a program of this host listens on a socket
     * @param where stands for what neither list names
     */
    public record Binds(List<PathRoot> read, List<PathRoot> write, boolean sockets, Place where) {
        public Binds {
            read = List.copyOf(read);
            write = List.copyOf(write);
        }
    }

    /** Named volumes of the daemon, always this owner's own. */
    public record Volumes(List<NameRule> read, List<NameRule> write, Place where) {
        public Volumes {
            read = List.copyOf(read);
            write = List.copyOf(write);
        }
    }

    public Profile {
        images = List.copyOf(images);
        networks = List.copyOf(networks);
    }
}
