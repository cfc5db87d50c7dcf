package dev.longshore.docker;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** What a container sees besides its image: files of the host, and volumes of its owner. Nothing else can be mounted. */
public sealed interface Mount {
    /** Where the container sees it: absolute, without {@code .} and {@code ..}. */
    String target();

    /** A directory or file of the host. */
    sealed interface OfHost extends Mount {
        /** Where it is on the host: absolute. */
        Path host();
    }

    /** A file or directory the container can read and never change. */
    record ReadOnlyBind(Path host, String target) implements OfHost {
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
    record OutputDirectory(Path host, String target, long maxBytes, long maxFiles) implements OfHost {
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

    /**
     * A volume that this owner made on the daemon before. It is never created by being mounted, and nothing of the image is copied
     * into it.
     *
     * @param name as the daemon has it: letters, digits, {@code _}, {@code .} and {@code -}
     * @param writable whether the container may change it; what it writes has no bound
     */
    record Volume(String name, String target, boolean writable) implements Mount {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{1,127}");

        public Volume {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("not a name for a volume: " + Text.quote(name));
            }
            requireTarget(target);
        }
    }

    private static void requireMount(Path host, String target) {
        if (!host.isAbsolute()) {
            throw new IllegalArgumentException("a mount's host path must be absolute: " + Text.quote(host.toString()));
        }
        requireTarget(target);
    }

    private static void requireTarget(String target) {
        Path inside = Path.of(target);
        if (!inside.isAbsolute()
                || inside.getNameCount() == 0
                || !inside.normalize().toString().equals(target)) {
            throw new IllegalArgumentException(
                    "a mount's target must be absolute, not / and without . or ..: " + Text.quote(target));
        }
    }
}
