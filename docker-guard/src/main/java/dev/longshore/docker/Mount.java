package dev.longshore.docker;

import java.nio.file.Path;

/** A directory or file of the host that a container sees. Nothing else of the host can be mounted. */
public sealed interface Mount {
    /** Where it is on the host: absolute. */
    Path host();

    /** Where the container sees it: absolute, without {@code .} and {@code ..}. */
    String target();

    /** A file or directory the container can read and never change. */
    record ReadOnlyBind(Path host, String target) implements Mount {
        public ReadOnlyBind {
            requireMount(host, target);
        }
    }

    /**
     * A directory the container writes its results to; the container's user must be able to write there. The container is ended
     * when the directory grows past either bound, and no single file can grow past {@code maxBytes} at all.
     *
     * @param maxBytes size of all files together, by their lengths
     * @param maxFiles files and directories together
     */
    record OutputDirectory(Path host, String target, long maxBytes, long maxFiles) implements Mount {
        /** Enough for a step's output; a container that writes more files than this is out of hand. */
        public static final long DEFAULT_MAX_FILES = 10_000;

        public OutputDirectory {
            requireMount(host, target);
            if (maxBytes < 1 || maxFiles < 1) {
                throw new IllegalArgumentException(
                        "an output directory's bounds must be above 0: " + maxBytes + " bytes, " + maxFiles + " files");
            }
        }

        public OutputDirectory(Path host, String target, long maxBytes) {
            this(host, target, maxBytes, DEFAULT_MAX_FILES);
        }
    }

    private static void requireMount(Path host, String target) {
        if (!host.isAbsolute()) {
            throw new IllegalArgumentException("a mount's host path must be absolute: " + Text.quote(host.toString()));
        }
        Path inside = Path.of(target);
        if (!inside.isAbsolute()
                || inside.getNameCount() == 0
                || !inside.normalize().toString().equals(target)) {
            throw new IllegalArgumentException(
                    "a mount's target must be absolute, not / and without . or ..: " + Text.quote(target));
        }
    }
}
