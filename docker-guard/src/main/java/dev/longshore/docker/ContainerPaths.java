package dev.longshore.docker;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Paths inside a container, whose kernel's directories nothing may be mounted on and no process may start in. */
final class ContainerPaths {
    private static final List<Path> KERNEL = List.of(Path.of("/proc"), Path.of("/sys"), Path.of("/dev"));

    private ContainerPaths() {}

    /** What is wrong with mounting something there; the text goes on from the path. */
    static Optional<String> targetProblem(String target) {
        Optional<Path> path = path(target);
        if (path.isEmpty() || !path.get().isAbsolute() || path.get().getNameCount() == 0) {
            return Optional.of("is no absolute path");
        }
        // A mount there changes what the runtime believes to read of a process: masked paths, labels, its own
        // descriptors.
        return kernel(path.get()).map(kernel -> "is in " + kernel + ", which is the kernel's");
    }

    /** What is wrong with a process starting there. */
    static Optional<String> directoryProblem(String directory) {
        Optional<Path> path = path(directory);
        if (path.isEmpty() || !path.get().isAbsolute()) {
            return Optional.of("is no absolute path");
        }
        // /proc/self/fd/N was the runtime's own open directory of the host: CVE-2024-21626.
        return kernel(path.get()).map(kernel -> "is in " + kernel + ", which is the kernel's");
    }

    private static Optional<Path> path(String text) {
        try {
            return text.chars().anyMatch(Character::isISOControl)
                    ? Optional.empty()
                    : Optional.of(Path.of(text).normalize());
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static Optional<Path> kernel(Path path) {
        return KERNEL.stream().filter(path::startsWith).findFirst();
    }
}
