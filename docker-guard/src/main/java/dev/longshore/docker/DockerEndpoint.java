package dev.longshore.docker;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the daemon is, and how that was found out.
 *
 * @param address {@code unix:///path}, {@code tcp://host:port} or {@code ssh://user@host:port/path}, where user, port and path may be
 *     missing
 * @param origin which of the places looked at named it
 * @param foundAt that place in words, such as {@code DOCKER_HOST} or {@code the Docker context "work"}
 * @param tlsDirectory for tcp: the directory of ca.pem, cert.pem and key.pem, when the connection is encrypted
 */
public record DockerEndpoint(URI address, Origin origin, String foundAt, Optional<Path> tlsDirectory) {
    /** The places looked at, in this order. */
    public enum Origin {
        OPTION,
        DOCKER_HOST,
        CONTEXT,
        DEFAULT_SOCKET,
        ROOTLESS_SOCKET,
        PODMAN_SOCKET
    }

    /** The socket's path, for a Unix socket. */
    public Optional<Path> socket() {
        return "unix".equals(address.getScheme()) ? Optional.of(Path.of(address.getPath())) : Optional.empty();
    }

    @Override
    public String toString() {
        return address + " (from " + foundAt + ")";
    }
}
