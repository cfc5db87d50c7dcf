package dev.longshore.docker;

import dev.longshore.docker.DockerEndpoint.Origin;
import dev.longshore.docker.DockerFailure.EndpointUnusable;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the daemon's address without connecting: the operator's option, DOCKER_HOST and the Docker context are believed as they
 * stand; after them the first well-known socket that exists is taken.
 */
final class EndpointFinder {
    private static final String DOCUMENTED = "use a unix://, tcp:// or ssh:// address";

    private final DockerSettings settings;
    private final Path root;
    private final List<String> lookedAt = new ArrayList<>();

    EndpointFinder(DockerSettings settings) {
        this(settings, Path.of("/"));
    }

    /** The root is where the well-known sockets are looked for; only tests name another than {@code /}. */
    EndpointFinder(DockerSettings settings, Path root) {
        this.settings = settings;
        this.root = root;
    }

    /**
     * What was found.
     *
     * @param endpoint the endpoint; the default socket when there is none at all
     * @param lookedAt the sockets that were looked for in vain
     * @param found whether the endpoint was named by someone or exists
     */
    record Found(DockerEndpoint endpoint, List<String> lookedAt, boolean found) {}

    /** @throws DockerFailureException with {@link EndpointUnusable} for an address or context that cannot be used */
    Found find() {
        lookedAt.clear();
        return named().map(endpoint -> new Found(endpoint, List.of(), true)).orElseGet(this::wellKnown);
    }

    private Optional<DockerEndpoint> named() {
        if (settings.dockerHost().isPresent()) {
            return Optional.of(
                    endpoint(settings.dockerHost().get(), Origin.OPTION, "--docker-host", tlsFromEnvironment()));
        }
        Optional<String> variable = variable("DOCKER_HOST");
        if (variable.isPresent()) {
            return Optional.of(endpoint(variable.get(), Origin.DOCKER_HOST, "DOCKER_HOST", tlsFromEnvironment()));
        }
        return new DockerContexts(settings)
                .current()
                .map(context -> endpoint(
                        context.host(),
                        Origin.CONTEXT,
                        "the Docker context \"" + context.name() + '"',
                        context.tlsDirectory()));
    }

    private Found wellKnown() {
        Optional<Path> runtime = variable("XDG_RUNTIME_DIR").map(Path::of);
        Optional<DockerEndpoint> found = socket(Origin.DEFAULT_SOCKET, root.resolve("var/run/docker.sock"))
                .or(() -> runtime.flatMap(dir -> socket(Origin.ROOTLESS_SOCKET, dir.resolve("docker.sock"))))
                .or(() -> socket(Origin.ROOTLESS_SOCKET, settings.home().resolve(".docker/run/docker.sock")))
                .or(() -> socket(Origin.ROOTLESS_SOCKET, settings.home().resolve(".docker/desktop/docker.sock")))
                .or(() -> socket(Origin.PODMAN_SOCKET, root.resolve("run/podman/podman.sock")))
                .or(() -> runtime.flatMap(dir -> socket(Origin.PODMAN_SOCKET, dir.resolve("podman/podman.sock"))));
        DockerEndpoint fallback = unix(root.resolve("var/run/docker.sock"), Origin.DEFAULT_SOCKET);
        return new Found(found.orElse(fallback), List.copyOf(lookedAt), found.isPresent());
    }

    private Optional<DockerEndpoint> socket(Origin origin, Path path) {
        // A socket that cannot be seen for want of permission exists, and permission is what must be reported.
        if (Files.notExists(path)) {
            lookedAt.add(path.toString());
            return Optional.empty();
        }
        return Optional.of(unix(path, origin));
    }

    private static DockerEndpoint unix(Path path, Origin origin) {
        String place = switch (origin) {
            case ROOTLESS_SOCKET -> "a rootless daemon's socket";
            case PODMAN_SOCKET -> "Podman's socket";
            default -> "the default socket";
        };
        return new DockerEndpoint(unixAddress(path.toString()), origin, place, Optional.empty());
    }

    private static URI unixAddress(String path) {
        try {
            return new URI("unix", "", path, null, null);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static DockerEndpoint endpoint(String address, Origin origin, String foundAt, Optional<Path> tls) {
        if (address.startsWith("unix://")) {
            String path = address.substring("unix://".length());
            if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
                throw unusable(
                        address, foundAt, "the socket's path must be absolute", "write unix:///path/of/the/socket");
            }
            return new DockerEndpoint(unixAddress(path), origin, foundAt, Optional.empty());
        }
        if (address.startsWith("tcp://")) {
            return new DockerEndpoint(tcpAddress(address, foundAt, tls.isPresent()), origin, foundAt, tls);
        }
        if (address.startsWith("ssh://")) {
            return new DockerEndpoint(sshAddress(address, foundAt), origin, foundAt, Optional.empty());
        }
        if (address.startsWith("npipe://")) {
            throw unusable(address, foundAt, "npipe:// is for Windows, where this program does not run", DOCUMENTED);
        }
        throw unusable(address, foundAt, "neither unix://, tcp:// nor ssh://", DOCUMENTED);
    }

    private static URI tcpAddress(String address, String foundAt, boolean tls) {
        try {
            URI uri = new URI(address);
            boolean bare = uri.getHost() != null && uri.getUserInfo() == null && uri.getQuery() == null;
            if (!bare || uri.getPort() > 65535) {
                throw unusable(address, foundAt, "not of the form tcp://host:port", "write tcp://host:port");
            }
            int port = uri.getPort() > 0 ? uri.getPort() : tls ? 2376 : 2375;
            return new URI("tcp", null, uri.getHost(), port, uri.getPath(), null, null);
        } catch (URISyntaxException e) {
            throw unusable(address, foundAt, "not of the form tcp://host:port", "write tcp://host:port");
        }
    }

    /** Its parts become words of a command line: what is not plainly a name must not get there. */
    private static URI sshAddress(String address, String foundAt) {
        String form = "write ssh://user@host:port, with keys and options in ~/.ssh/config";
        try {
            URI uri = new URI(address);
            String user = uri.getUserInfo();
            if (user != null && user.contains(":")) {
                throw unusable(address, foundAt, "a password cannot be given", form);
            }
            boolean plain = uri.getHost() != null
                    && uri.getHost().matches("[A-Za-z0-9_.:\\[\\]][A-Za-z0-9_.:\\[\\]-]*")
                    && (user == null || user.matches("[A-Za-z0-9_.][A-Za-z0-9_.@-]*"))
                    && uri.getPath().matches("(/[A-Za-z0-9_.-]+)*/?")
                    && uri.getQuery() == null
                    && uri.getFragment() == null
                    && uri.getPort() <= 65535;
            if (!plain) {
                throw unusable(address, foundAt, "not of the form ssh://user@host:port", form);
            }
            return uri;
        } catch (URISyntaxException e) {
            throw unusable(address, foundAt, "not of the form ssh://user@host:port", form);
        }
    }

    private static DockerFailureException unusable(String address, String foundAt, String detail, String fix) {
        String named = Text.oneLine(withoutPassword(address)) + " (from " + foundAt + ")";
        return new DockerFailureException(new EndpointUnusable(named, detail, fix));
    }

    /** As the docker program does it: any value of DOCKER_TLS_VERIFY but the empty one asks for TLS. */
    private Optional<Path> tlsFromEnvironment() {
        if (variable("DOCKER_TLS_VERIFY").isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                variable("DOCKER_CERT_PATH").map(Path::of).orElseGet(() -> DockerContexts.configDirectory(settings)));
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(settings.environment().get(name)).filter(value -> !value.isBlank());
    }

    static String withoutPassword(String address) {
        return address.replaceFirst("^([A-Za-z][A-Za-z0-9+.-]*://)[^/@]*@", "$1…@");
    }
}
