package dev.longshore.worker.cli;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where runs keep what they make until it is published. */
final class WorkDirectory {
    @Option(
            names = "--work",
            paramLabel = "DIR",
            description =
                    "Where to keep temporary files; LONGSHORE_WORK, else longshore/runs in the user's cache directory.")
    private @Nullable Path work;

    Path path() {
        return path(System.getenv(), System.getProperty("user.home", "/tmp"));
    }

    Path path(Map<String, String> environment, String home) {
        Path found = work;
        if (found == null) {
            String fromEnvironment = environment.getOrDefault("LONGSHORE_WORK", "");
            String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
            if (!fromEnvironment.isBlank()) {
                found = Path.of(fromEnvironment);
            } else if (!cache.isBlank()) {
                found = Path.of(cache, "longshore", "runs");
            } else {
                found = Path.of(home, ".cache", "longshore", "runs");
            }
        }
        return found.toAbsolutePath().normalize();
    }
}
