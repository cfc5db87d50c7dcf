package dev.longshore.docker;

import dev.longshore.docker.DockerFailure.PolicyDenied;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which files of the host a container may be given. A source is resolved first, symbolic links and all, and the resolved path is
 * what the daemon gets. It may not lie in a protected directory, nor contain one: a bind of {@code /var} is one of the socket in
 * {@code /var/run}.
 */
final class BindRules {
    /** Neither these, nor what is below, nor what is above them. */
    private static final List<String> PROTECTED = List.of(
            "/proc",
            "/sys",
            "/dev",
            "/run",
            "/boot",
            "/etc",
            "/var/lib/docker",
            "/var/lib/containerd",
            "/var/lib/containers");

    /** The same on a host whose links are not known. */
    private static final List<String> HOST_PROTECTED =
            Stream.concat(PROTECTED.stream(), Stream.of("/var/run")).toList();

    /** Where Docker Desktop has the user's own directories, inside its virtual machine. */
    private static final Path DESKTOP_SHARES = Path.of("/run/desktop/mnt/host");

    /** The same, below the home directories of this user and of root: where secrets usually are. */
    private static final List<String> SECRETS = List.of(
            ".ssh", ".gnupg", ".docker", ".aws", ".azure", ".kube", ".config/gcloud", ".netrc", ".git-credentials");

    private static final int FILE_TYPE = 0170000;
    private static final Set<Integer> ALLOWED_TYPES = Set.of(0100000, 0040000);

    private final List<Path> system;
    private final List<Path> secrets = new ArrayList<>();
    private final Optional<Path> socket;

    BindRules(DockerSettings settings, DockerEndpoint endpoint) {
        system = PROTECTED.stream().map(path -> resolved(Path.of(path))).toList();
        for (Path home : List.of(settings.home(), Path.of("/root"))) {
            SECRETS.forEach(secret -> secrets.add(resolved(home.resolve(secret))));
        }
        socket = endpoint.socket().map(BindRules::resolved);
    }

    /** The mounts with resolved sources; throws {@link PolicyDenied} for the first that is not allowed. */
    List<Mount> check(List<Mount> mounts) {
        return mounts.stream().map(this::check).toList();
    }

    private Mount check(Mount mount) {
        Path source = resolve(mount.host());
        requireAllowedType(mount, source);
        system.forEach(path -> requireApart(mount, source, path));
        // A home directory without secrets may be mounted whole.
        secrets.stream()
                .filter(path -> source.startsWith(path) || Files.exists(path, LinkOption.NOFOLLOW_LINKS))
                .forEach(path -> requireApart(mount, source, path));
        socket.ifPresent(path -> {
            if (path.startsWith(source)) {
                throw denied("bind-socket", mount, "it contains the Docker socket " + path);
            }
        });
        if (mount instanceof Mount.OutputDirectory output) {
            return new Mount.OutputDirectory(source, output.target(), output.maxBytes(), output.maxFiles());
        }
        return new Mount.ReadOnlyBind(source, mount.target());
    }

    /**
     * Holds a source against the rules once more, under the name that the daemon's host has for it. That host's links cannot be
     * seen from here, only its names.
     *
     * @param socket the Docker socket on that host, where it is known
     */
    void recheck(Mount mount, Path onHost, Optional<Path> socket) {
        if (!onHost.startsWith(DESKTOP_SHARES)) {
            HOST_PROTECTED.forEach(path -> requireApart(mount, onHost, Path.of(path)));
        }
        socket.filter(path -> path.startsWith(onHost)).ifPresent(path -> {
            throw denied("bind-socket", mount, "on the host it contains the Docker socket " + path);
        });
    }

    private static Path resolve(Path host) {
        try {
            return host.toRealPath();
        } catch (IOException e) {
            throw new DockerFailureException(
                    new PolicyDenied(
                            "bind-exists",
                            Text.quote(host.toString()) + " does not exist or cannot be reached: "
                                    + e.getClass().getSimpleName()),
                    e);
        }
    }

    private static void requireAllowedType(Mount mount, Path source) {
        int type;
        try {
            type = (int) Files.getAttribute(source, "unix:mode", LinkOption.NOFOLLOW_LINKS) & FILE_TYPE;
        } catch (IOException e) {
            throw new DockerFailureException(
                    new PolicyDenied("bind-exists", Text.quote(source.toString()) + " cannot be read"), e);
        }
        if (!ALLOWED_TYPES.contains(type)) {
            throw denied("bind-type", mount, "it is neither a regular file nor a directory");
        }
        if (mount instanceof Mount.OutputDirectory && !Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS)) {
            throw denied("bind-type", mount, "an output directory must be a directory");
        }
    }

    private static void requireApart(Mount mount, Path source, Path path) {
        if (source.startsWith(path)) {
            throw denied("bind-protected", mount, "it is in " + path);
        }
        if (path.startsWith(source)) {
            throw denied("bind-protected", mount, "it contains " + path);
        }
    }

    /** The real path where it exists; otherwise as it stands, to be matched if it comes to exist. */
    private static Path resolved(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path.toAbsolutePath().normalize();
        }
    }

    private static DockerFailureException denied(String rule, Mount mount, String reason) {
        return new DockerFailureException(
                new PolicyDenied(rule, "bind of " + Text.quote(mount.host().toString()) + ": " + reason));
    }
}
