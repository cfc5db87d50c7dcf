package dev.longshore.blarify;

import dev.longshore.docker.GuardedDocker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The analyser's image for tests: built once, as an operator without a registry builds it. */
final class BuiltImage {
    static final String BASE =
            System.getenv().getOrDefault("LONGSHORE_TEST_BASE_IMAGE", "longshore-base:bookworm-python");

    private BuiltImage() {}

    /** Without wheels the build asks the package index, which it may not reach; then the test fails and says so. */
    static AnalyserImage.Options options(boolean force) {
        return new AnalyserImage.Options(
                Optional.of(BASE),
                Optional.ofNullable(System.getenv("LONGSHORE_TEST_WHEELS")).map(Path::of),
                force,
                Duration.ofMinutes(8));
    }

    static void ensure(GuardedDocker docker) throws Exception {
        AnalyserImage.ofThisVersion().build(docker, options(false), line -> {});
    }
}
