package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.docker.DaemonConnection.Answer;
import dev.longshore.docker.OwnMounts.OwnMount;
import dev.longshore.docker.OwnMounts.Translated;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what the daemon calls the files that this process sees. The daemon takes the source of a bind for a path of its own host:
 * given one of a container's, it mounts an empty directory without a word.
 *
 * <p>A process that is in no container and talks to a socket shares its files with the daemon. One that is in a container which
 * the daemon knows has its paths translated by that container's mounts. One whose container the daemon does not know may still
 * have started it beside itself, which the daemon's name and directory tell. Otherwise nothing is shared.
 *
 * <p>What was found holds as long as this object: neither a container's mounts nor a daemon's place change. Thread-safe.
 */
final class HostPaths {
    private static final Logger LOG = LoggerFactory.getLogger(HostPaths.class);

    private static final Set<String> BIND_OPTIONS = Set.of("bind", "rbind");

    private final DaemonConnection daemon;
    private final Supplier<SelfContainer> self;
    private volatile @Nullable View known;

    HostPaths(DaemonConnection daemon) {
        this(daemon, SelfContainer::current);
    }

    HostPaths(DaemonConnection daemon, Supplier<SelfContainer> self) {
        this.daemon = daemon;
        this.self = self;
    }

    /** How this process' files and the daemon's belong together. */
    private sealed interface View {}

    private record Shared() implements View {}

    private record Inside(OwnMounts container) implements View {}

    private record Apart() implements View {}

    /**
     * What the daemon calls a file.
     *
     * @param path absolute, without symbolic links
     */
    HostPath locate(Path path) throws InterruptedException {
        View view = view();
        if (view instanceof Inside inside) {
            return inside.container()
                    .translate(path)
                    .<HostPath>map(found -> new HostPath.Translated(path, found.path(), found.inVolume()))
                    .orElse(new HostPath.Copied(path));
        }
        return view instanceof Shared ? new HostPath.Same(path) : new HostPath.Copied(path);
    }

    /**
     * Where each of a request's mounts is for the daemon.
     *
     * @param mounts as {@link BindRules} resolved them; a translated path is held against the rules once more, as the host's own
     *     directories may be mounted here under harmless names
     */
    Placements place(List<Mount.OfHost> mounts, BindRules rules) throws InterruptedException {
        Placements placements = new Placements();
        if (mounts.isEmpty()) {
            return placements;
        }
        View view = view();
        for (Mount.OfHost mount : mounts) {
            if (view instanceof Inside inside) {
                recheck(mount, inside.container(), rules);
            }
            placements.add(mount, locate(mount.host()));
        }
        return placements;
    }

    private void recheck(Mount.OfHost mount, OwnMounts own, BindRules rules) {
        own.translate(mount.host()).flatMap(Translated::directory).ifPresent(directory -> {
            Optional<Path> socket = daemon.endpoint()
                    .socket()
                    .flatMap(HostPaths::real)
                    .flatMap(own::translate)
                    .map(Translated::path);
            rules.recheck(directory, socket).ifPresent(decision -> Admission.require(List.of(decision)));
        });
    }

    private static Optional<Path> real(Path path) {
        try {
            return Optional.of(path.toRealPath());
        } catch (IOException e) {
            LOG.debug("{} is not there", path, e);
            return Optional.empty();
        }
    }

    private View view() throws InterruptedException {
        View found = known;
        if (found == null) {
            // Two threads may find the same at once, which does no harm.
            found = find();
            LOG.debug("files of this process and of the daemon at {}: {}", daemon.endpoint(), found);
            known = found;
        }
        return found;
    }

    private View find() throws InterruptedException {
        HostPathMode mode = daemon.settings().hostPaths();
        if (mode != HostPathMode.AUTO) {
            return mode == HostPathMode.SAME ? new Shared() : new Apart();
        }
        SelfContainer here = self.get();
        if (daemon.endpoint().socket().isPresent() && !here.perhaps()) {
            return new Shared();
        }
        for (String candidate : here.candidates()) {
            Optional<OwnMounts> own = inspect(candidate, here);
            if (own.isPresent()) {
                return new Inside(own.get());
            }
        }
        return besideUs(here) ? new Shared() : new Apart();
    }

    /** This container as the daemon describes it; empty if it knows none of that id, or one that cannot be this. */
    private Optional<OwnMounts> inspect(String candidate, SelfContainer here) throws InterruptedException {
        Duration timeout = daemon.settings().callTimeout();
        Call call = Call.get("inspect of this container", "/containers/" + candidate + "/json", timeout)
                .on(candidate);
        Answer answer = daemon.call(call);
        if (answer.status() == 404) {
            return Optional.empty();
        }
        DaemonConnection.require(call, answer);
        JsonNode container = DaemonConnection.parse(call.operation(), answer.bytes());
        // A host name of twelve digits may be the name of somebody else's container.
        if (!container.path("Id").asText("").startsWith(candidate)) {
            return Optional.empty();
        }
        String layer =
                container.path("GraphDriver").path("Data").path("UpperDir").asText("");
        try {
            OwnMounts own = OwnMounts.of(container);
            return here.canBe(own, Optional.of(layer).filter(path -> !path.isEmpty()))
                    ? Optional.of(withVolumes(own))
                    : Optional.empty();
        } catch (InvalidPathException e) {
            LOG.warn("a mount of this container has a name that this locale cannot say, so files are copied; set LANG"
                    + " to C.UTF-8");
            LOG.debug("its name", e);
            return Optional.empty();
        }
    }

    /** The driver of local volumes can make one of any directory of the host: then the rules are for that one too. */
    private OwnMounts withVolumes(OwnMounts own) throws InterruptedException {
        OwnMounts complete = own;
        for (OwnMount mount : own.mounts()) {
            if (mount.volume().isPresent()) {
                String name = mount.volume().get();
                JsonNode options = volume(name).path("Options");
                String device = options.path("device").asText("");
                if (device.startsWith("/")
                        && List.of(options.path("o").asText("").split(",", -1)).stream()
                                .anyMatch(BIND_OPTIONS::contains)) {
                    complete = complete.madeOf(name, Path.of(device).normalize());
                }
            }
        }
        return complete;
    }

    private JsonNode volume(String name) throws InterruptedException {
        return daemon.json(Call.get(
                        "inspect of a volume",
                        "/volumes/" + DaemonStreams.encode(name),
                        daemon.settings().callTimeout())
                .on(name));
    }

    /** Whether the daemon's directory is among our files, under our own machine's name. */
    private boolean besideUs(SelfContainer here) throws InterruptedException {
        JsonNode info = daemon.json(Call.get("info", "/info", daemon.settings().callTimeout()));
        String root = info.path("DockerRootDir").asText("");
        return !here.hostName().isEmpty()
                && info.path("Name").asText("").equals(here.hostName())
                && root.startsWith("/")
                && Files.isDirectory(Path.of(root));
    }
}
