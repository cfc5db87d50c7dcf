package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;

/** The real sources that scripts/test-inputs fetches, at the versions named there. */
enum RealSource {
    FLASK("flask-3.1.2"),
    COMMONMARK("commonmark-0.27.0"),
    GUAVA("guava-33.5.0-jre"),
    ZOD("zod-4.1.12"),
    NPM("npm-11.6.2"),
    LINUX("linux-6.1");

    private final String directory;

    RealSource(String directory) {
        this.directory = directory;
    }

    /** Where it is; a test of a source that could not be fetched fails, and does not pass unseen. */
    Path path() {
        Path path = inputs().resolve(directory);
        assertThat(path)
                .as("%s has not been fetched: run scripts/test-inputs%s", directory, this == LINUX ? " --linux" : "")
                .isDirectory();
        return path;
    }

    /** A Python that has the independent parsers. */
    static Path parsers() {
        Path python = inputs().resolve("parsers/bin/python3");
        assertThat(python)
                .as("the independent parsers have not been installed: run scripts/test-inputs")
                .exists();
        return python;
    }

    private static Path inputs() {
        Map<String, String> environment = System.getenv();
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = cache.isBlank() ? Path.of(System.getProperty("user.home", "/root"), ".cache") : Path.of(cache);
        return base.resolve("longshore/inputs");
    }
}
