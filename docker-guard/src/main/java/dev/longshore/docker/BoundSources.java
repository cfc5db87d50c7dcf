package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.docker.BindRules.Checked;
import dev.longshore.docker.policy.Decision;
import dev.longshore.docker.policy.Rule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that a container was promised, to be compared with those it gets. The daemon takes a path and looks it up when the
 * container starts; whoever may change a directory above it can lead it elsewhere between our look and the daemon's. So it is looked
 * at again before the start, and after it: then also through the container's own view, where the kernel lets this process see that,
 * which is where a source that was swapped and swapped back shows.
 */
final class BoundSources {
    private static final Logger LOG = LoggerFactory.getLogger(BoundSources.class);
    /** ID, parent, device, root, mount point. */
    private static final int MOUNT_POINT = 4;

    private final List<Checked> sources;

    BoundSources(List<Checked> sources) {
        this.sources = List.copyOf(sources);
    }

    boolean isEmpty() {
        return sources.isEmpty();
    }

    /** Why the paths no longer mean what was checked, if so. */
    Optional<Decision> changed() {
        for (Checked source : sources) {
            Path host = source.mount().host();
            try {
                if (!host.toRealPath().equals(host)
                        || !Optional.of(FileIdentity.of(host)).equals(source.identity())) {
                    return Optional.of(changed(source, "is another file than the one that was checked"));
                }
            } catch (IOException e) {
                LOG.debug("{} is gone", host, e);
                return Optional.of(changed(source, "is gone since it was checked"));
            }
        }
        return Optional.empty();
    }

    /**
     * Why a running container has other files than those that were checked, if so. Empty too where its view cannot be looked at:
     * another process's is for its own user and for root on the same host.
     *
     * @param inspected the container, as the daemon tells of it
     */
    Optional<Decision> differ(JsonNode inspected) {
        Optional<Path> process = process(inspected);
        if (process.isEmpty()) {
            return Optional.empty();
        }
        try {
            Set<String> points = mountPoints(process.get());
            for (Checked source : sources) {
                String target = source.mount().target();
                if (!points.contains(target)) {
                    return Optional.of(Decision.never(
                            Rule.MOUNT_TARGET,
                            "mount " + target,
                            "nothing is mounted there: the image leads the path elsewhere with a symbolic link"));
                }
                FileIdentity seen = FileIdentity.of(process.get().resolve("root" + target));
                if (!Optional.of(seen).equals(source.identity())) {
                    return Optional.of(changed(source, "was exchanged for another file while the container started"));
                }
            }
        } catch (IOException e) {
            // It has ended, or its view is not for this user.
            LOG.debug("the mounts of {} cannot be looked at", process.get(), e);
        }
        return Optional.empty();
    }

    /** The container's process, if it runs, on this host, and the number means the same process to us as to the daemon. */
    private static Optional<Path> process(JsonNode inspected) {
        long pid = inspected.path("State").path("Pid").asLong();
        String id = inspected.path("Id").asText("");
        if (pid < 1 || id.isBlank()) {
            return Optional.empty();
        }
        Path process = Path.of("/proc", Long.toString(pid));
        try {
            return Files.readString(process.resolve("cgroup")).contains(id) ? Optional.of(process) : Optional.empty();
        } catch (IOException e) {
            LOG.debug("{} is not to be seen", process, e);
            return Optional.empty();
        }
    }

    private static Set<String> mountPoints(Path process) throws IOException {
        // Paths are bytes of any kind, with blanks and the like as \040; a container's targets have none.
        return Files.readAllLines(process.resolve("mountinfo"), StandardCharsets.ISO_8859_1).stream()
                .map(line -> line.split(" ", -1))
                .filter(columns -> columns.length > MOUNT_POINT)
                .map(columns -> unescaped(columns[MOUNT_POINT]))
                .collect(Collectors.toSet());
    }

    private static String unescaped(String text) {
        String plain = text.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
        return new String(plain.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static Decision changed(Checked source, String how) {
        return Decision.never(
                Rule.BIND_CHANGED,
                "mount " + source.mount().target(),
                "bind of " + Text.quote(source.mount().host().toString()) + ": it " + how);
    }
}
