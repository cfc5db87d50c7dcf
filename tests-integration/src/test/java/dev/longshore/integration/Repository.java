package dev.longshore.integration;

import java.nio.file.Files;
import java.nio.file.Path;

/** The checkout that the tests are part of. */
final class Repository {
    private Repository() {}

    static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("verify")) || !Files.exists(directory.resolve("longshore"))) {
            Path parent = directory.getParent();
            if (parent == null) {
                throw new AssertionError("not below a checkout: " + Path.of("").toAbsolutePath());
            }
            directory = parent;
        }
        return directory;
    }
}
