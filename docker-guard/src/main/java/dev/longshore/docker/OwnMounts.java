package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What is mounted in this process's own container, as the daemon knows it: the key to what the daemon calls the files that this
 * process sees.
 *
 * @param id the container's
 */
record OwnMounts(String id, List<OwnMount> mounts) {
    OwnMounts {
        mounts = List.copyOf(mounts);
    }

    /**
     * One of them.
     *
     * @param target where this process sees it
     * @param source where the daemon's host has it; empty for a file system in memory
     * @param volume the volume's name, if it is one
     * @param directory the host's own directory that it shows; empty for a volume that is the daemon's to keep, which leads to
     *     nothing else
     */
    record OwnMount(Path target, Optional<Path> source, Optional<String> volume, Optional<Path> directory) {
        private Translated translate(Path from, Path path) {
            Path rest = target.relativize(path);
            return new Translated(
                    from.resolve(rest).normalize(),
                    directory.map(own -> own.resolve(rest).normalize()),
                    volume.isPresent());
        }
    }

    /**
     * A path as the daemon knows it.
     *
     * @param path what to tell the daemon
     * @param directory which of the host's own files that is; empty if it is in a volume that is the daemon's to keep
     * @param inVolume whether it is in a volume at all
     */
    record Translated(Path path, Optional<Path> directory, boolean inVolume) {}

    /** Reads the daemon's description of a container. */
    static OwnMounts of(JsonNode container) {
        List<OwnMount> mounts = new ArrayList<>();
        for (JsonNode mount : container.path("Mounts")) {
            Path target = Path.of(mount.path("Destination").asText(""));
            String source = mount.path("Source").asText("");
            String name = mount.path("Type").asText("").equals("volume")
                    ? mount.path("Name").asText("")
                    : "";
            // A mount in memory has no source; one on Windows none that could be bound.
            boolean usable =
                    source.startsWith("/") && !mount.path("Type").asText("").equals("tmpfs");
            if (target.isAbsolute()) {
                Optional<Path> from = usable ? Optional.of(Path.of(source).normalize()) : Optional.empty();
                Optional<String> volume = name.isEmpty() ? Optional.empty() : Optional.of(name);
                mounts.add(new OwnMount(resolved(target), from, volume, volume.isEmpty() ? from : Optional.empty()));
            }
        }
        container.path("HostConfig").path("Tmpfs").fieldNames().forEachRemaining(target -> {
            if (target.startsWith("/")) {
                mounts.add(
                        new OwnMount(resolved(Path.of(target)), Optional.empty(), Optional.empty(), Optional.empty()));
            }
        });
        return new OwnMounts(container.path("Id").asText(""), mounts);
    }

    /**
     * What the daemon calls a path. The innermost mount decides: what is below a file system in memory, and what is in no mount but
     * the image's own layers, the daemon has under no name that could be bound.
     *
     * @param path absolute, without symbolic links
     */
    Optional<Translated> translate(Path path) {
        return mounts.stream()
                .filter(mount -> path.startsWith(mount.target()))
                .max(Comparator.comparingInt(mount -> mount.target().getNameCount()))
                .flatMap(mount -> mount.source().map(source -> mount.translate(source, path)));
    }

    /** The same, with what is known of a volume that is made of a directory of the host. */
    OwnMounts madeOf(String volume, Path directory) {
        return new OwnMounts(
                id,
                mounts.stream()
                        .map(mount -> mount.volume().equals(Optional.of(volume))
                                ? new OwnMount(mount.target(), mount.source(), mount.volume(), Optional.of(directory))
                                : mount)
                        .toList());
    }

    /** As the mount point is called: the runtime follows the image's links, such as the one from /var/run to /run. */
    private static Path resolved(Path target) {
        try {
            return target.toRealPath();
        } catch (IOException e) {
            // Not ours to enter, or not mounted here at all, which is for the caller to see.
            return target.normalize();
        }
    }
}
