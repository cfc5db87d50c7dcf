package dev.longshore.docker;

import dev.longshore.docker.policy.Decision;
import dev.longshore.docker.policy.PathRoot;
import dev.longshore.docker.policy.Profile;
import dev.longshore.docker.policy.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which files of the host a container may be given. A source is resolved first, symbolic links and all, and the resolved path is
 * what the daemon gets. It may not lie in a protected directory, nor contain one: a bind of {@code /var} is one of the socket in
 * {@code /var/run}. It must lie below a directory that the policy allows.
 */
final class BindRules {
    private static final Logger LOG = LoggerFactory.getLogger(BindRules.class);

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
            "/var/lib/containers",
            "/var/lib/buildkit",
            "/var/lib/cni",
            "/var/lib/kubelet",
            "/var/lib/rancher",
            "/var/lib/lxc",
            "/var/lib/lxd",
            "/var/lib/incus",
            "/var/lib/libvirt",
            "/var/lib/machines",
            "/var/lib/systemd",
            "/var/snap",
            "/var/spool/cron");

    /** What nobody writes to but the system itself: what is executed or loaded by root. */
    private static final List<String> UNWRITABLE =
            List.of("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/snap", "/var/log");

    /** The file systems in which a file is a word with the kernel. */
    private static final Set<String> KERNEL_FILE_SYSTEMS = Set.of(
            "autofs",
            "binfmt_misc",
            "bpf",
            "cgroup",
            "cgroup2",
            "configfs",
            "debugfs",
            "devpts",
            "devtmpfs",
            "efivarfs",
            "fusectl",
            "hugetlbfs",
            "mqueue",
            "nsfs",
            "proc",
            "pstore",
            "rpc_pipefs",
            "securityfs",
            "selinuxfs",
            "smackfs",
            "sysfs",
            "tracefs");

    /** Where Docker Desktop has the user's own directories, inside its virtual machine. */
    private static final Path DESKTOP_SHARES = Path.of("/run/desktop/mnt/host");

    /** Another name of /run, on a host whose links are not known. */
    private static final Path HOST_RUN = Path.of("/var/run");

    private static final String ALLOW_SOCKETS =
            ": stop that program, or allow it (longshore policy standard > policy.yaml,"
                    + " set binds.sockets: true there, --policy policy.yaml)";

    private static final int FILE_TYPE = 0170000;
    private static final Set<Integer> ALLOWED_TYPES = Set.of(0100000, 0040000);

    private final Profile.Binds binds;
    private final List<Path> system;
    private final List<Path> unwritable =
            UNWRITABLE.stream().map(path -> resolved(Path.of(path))).toList();
    private final List<Path> secrets = new ArrayList<>();
    private final Optional<Path> socket;

    /**
     * The rules for one step.
     *
     * @param daemonRoot where the daemon keeps its own, if it has told
     */
    BindRules(DockerSettings settings, DockerEndpoint endpoint, String step, Optional<Path> daemonRoot) {
        binds = settings.policy().profile(step).binds();
        List<Path> never = new ArrayList<>(PROTECTED.stream().map(Path::of).toList());
        daemonRoot.filter(root -> root.getNameCount() > 0).ifPresent(never::add);
        system = never.stream().map(BindRules::resolved).toList();
        SecretFiles.of(settings.home(), settings.environment()).forEach(path -> secrets.add(resolved(path)));
        settings.policy().protectedPaths().forEach(path -> secrets.add(resolved(path)));
        settings.audit().ifPresent(log -> log.files().forEach(path -> secrets.add(resolved(path))));
        socket = endpoint.socket().map(BindRules::resolved);
    }

    /**
     * A mount that was looked at.
     *
     * @param mount with its source resolved, or as it was where it is denied
     * @param identity what its source was at that moment; empty where it is denied
     */
    record Checked(Mount.OfHost mount, Decision decision, Optional<FileIdentity> identity) {}

    /** Thrown from rule to rule, and never out of here. */
    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;

        private final Rule rule;
        /** Whether the policy can say otherwise. */
        private final boolean byPolicy;

        private Refusal(Rule rule, String reason) {
            this(rule, reason, false);
        }

        private Refusal(Rule rule, String reason, boolean byPolicy) {
            super(reason);
            this.rule = rule;
            this.byPolicy = byPolicy;
        }
    }

    Checked check(Mount.OfHost mount) {
        String subject = "mount " + mount.target();
        String bind = "bind of " + Text.quote(mount.host().toString());
        try {
            // Also what is not there: whether it is, is not told of such places.
            for (Path path : system) {
                requireApart(mount.host().normalize(), path, false);
            }
            Path source = resolve(mount.host());
            FileIdentity identity = identity(source);
            requireAllowedType(mount, source);
            for (Path path : system) {
                requireApart(source, path, true);
            }
            requireNoKernelFiles(source);
            requireOneName(source);
            for (Path path : secrets) {
                // A home directory without secrets may be mounted whole.
                if (source.startsWith(path) || Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                    requireApart(source, path, true);
                }
            }
            requireNoSocket(source);
            if (mount instanceof Mount.OutputDirectory) {
                for (Path path : unwritable) {
                    requireApart(source, path, true);
                }
            }
            return root(mount, source)
                    .map(root -> new Checked(
                            moved(mount, source),
                            Decision.allow(Rule.BIND_ROOT, subject, bind + " is below " + root.path(), root.where()),
                            Optional.of(identity)))
                    .orElseGet(() -> new Checked(
                            mount,
                            Decision.deny(Rule.BIND_ROOT, subject, bind + ": " + outside(mount, source), binds.where()),
                            Optional.empty()));
        } catch (Refusal e) {
            String reason = bind + ": " + e.getMessage();
            Decision refused = e.byPolicy
                    ? Decision.deny(e.rule, subject, reason, binds.where())
                    : Decision.never(e.rule, subject, reason);
            return new Checked(mount, refused, Optional.empty());
        }
    }

    /**
     * Looks once more at a source that has been translated to a path of the daemon's host. That host's links cannot be seen from
     * here, only its names. A named volume's directory is allowed, since only its own files are below it.
     *
     * @param socketThere the Docker socket on that host, where it is known
     * @return why it may not be mounted, if so
     */
    Optional<Decision> recheck(Path translated, Optional<Path> socketThere) {
        String bind = "bind of " + Text.quote(translated.toString()) + " on the daemon's host: ";
        String subject = "mount";
        if (!translated.isAbsolute() || !translated.normalize().equals(translated)) {
            return Optional.of(
                    Decision.never(Rule.BIND_PROTECTED, subject, bind + "it is no absolute path without . and .."));
        }
        if (translated.toString().matches("/.*/volumes/[A-Za-z0-9][A-Za-z0-9_.-]*/_data(/.*)?")) {
            return Optional.empty();
        }
        if (socketThere.isPresent() && socketThere.get().startsWith(translated)) {
            return Optional.of(Decision.never(
                    Rule.BIND_SOCKET, subject, bind + "it contains the Docker socket " + socketThere.get()));
        }
        try {
            if (!translated.startsWith(DESKTOP_SHARES)) {
                requireApart(translated, HOST_RUN, true);
                for (Path path : system) {
                    requireApart(translated, path, true);
                }
            }
            for (Path path : secrets) {
                requireApart(translated, path, false);
            }
        } catch (Refusal e) {
            return Optional.of(Decision.never(e.rule, subject, bind + e.getMessage()));
        }
        return Optional.empty();
    }

    private String outside(Mount.OfHost mount, Path source) {
        String resolvedTo = source.equals(mount.host()) ? "" : "it is " + source + ", and ";
        return resolvedTo + "nothing allows to " + (mount instanceof Mount.OutputDirectory ? "write" : "read")
                + " there";
    }

    private Optional<PathRoot> root(Mount.OfHost mount, Path source) {
        List<PathRoot> roots = mount instanceof Mount.OutputDirectory ? binds.write() : binds.read();
        return roots.stream()
                .filter(root -> source.startsWith(resolved(root.path())))
                .findFirst();
    }

    private static Mount.OfHost moved(Mount.OfHost mount, Path source) {
        if (mount instanceof Mount.OutputDirectory output) {
            return new Mount.OutputDirectory(source, output.target(), output.maxBytes(), output.maxFiles());
        }
        return new Mount.ReadOnlyBind(source, mount.target());
    }

    private static Path resolve(Path host) throws Refusal {
        try {
            return host.toRealPath();
        } catch (IOException e) {
            LOG.debug("{} cannot be resolved", host, e);
            throw new Refusal(
                    Rule.BIND_EXISTS,
                    "it does not exist or cannot be reached: " + e.getClass().getSimpleName());
        }
    }

    private static FileIdentity identity(Path source) throws Refusal {
        try {
            return FileIdentity.of(source);
        } catch (IOException e) {
            LOG.debug("{} cannot be looked at", source, e);
            throw new Refusal(
                    Rule.BIND_EXISTS, "it cannot be looked at: " + e.getClass().getSimpleName());
        }
    }

    private static int attribute(Path source, String name) throws Refusal {
        try {
            return (Integer) Files.getAttribute(source, name, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            LOG.debug("{} cannot be looked at", source, e);
            throw new Refusal(
                    Rule.BIND_EXISTS, "it cannot be looked at: " + e.getClass().getSimpleName());
        }
    }

    private static void requireAllowedType(Mount.OfHost mount, Path source) throws Refusal {
        int type = attribute(source, "unix:mode") & FILE_TYPE;
        if (!ALLOWED_TYPES.contains(type)) {
            throw new Refusal(Rule.BIND_TYPE, "it is neither a regular file nor a directory");
        }
        if (mount instanceof Mount.OutputDirectory && !Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS)) {
            throw new Refusal(Rule.BIND_TYPE, "an output directory must be a directory");
        }
    }

    private static void requireNoKernelFiles(Path source) throws Refusal {
        String type;
        try {
            type = Files.getFileStore(source).type();
        } catch (IOException e) {
            // In a chroot the kernel's table does not have its root. What is in the usual places is protected by name.
            LOG.debug("the file system of {} is not known", source, e);
            return;
        }
        if (isKernelFileSystem(type)) {
            throw new Refusal(Rule.BIND_KERNEL, "it is in a file system of the kernel's, " + type);
        }
    }

    static boolean isKernelFileSystem(String type) {
        return KERNEL_FILE_SYSTEMS.contains(type);
    }

    /** A second name may be in a directory that is protected; which, cannot be known. */
    private static void requireOneName(Path source) throws Refusal {
        if (Files.isRegularFile(source, LinkOption.NOFOLLOW_LINKS) && attribute(source, "unix:nlink") > 1) {
            throw new Refusal(Rule.BIND_LINKS, "the file has another name (a hard link) somewhere");
        }
    }

    private void requireNoSocket(Path source) throws Refusal {
        if (socket.isPresent() && socket.get().startsWith(source)) {
            throw new Refusal(Rule.BIND_SOCKET, "it contains the Docker socket " + socket.get());
        }
        if (!binds.sockets()) {
            Optional<String> other = UnixSockets.below(source);
            if (other.isPresent()) {
                throw new Refusal(Rule.BIND_SOCKET, other.get() + ALLOW_SOCKETS, true);
            }
        }
    }

    private static void requireApart(Path source, Path path, boolean above) throws Refusal {
        if (source.startsWith(path)) {
            throw new Refusal(Rule.BIND_PROTECTED, "it is in " + path);
        }
        if (above && path.startsWith(source)) {
            throw new Refusal(Rule.BIND_PROTECTED, "it contains " + path);
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
}
