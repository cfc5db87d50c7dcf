package dev.longshore.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerOptionsTest {
    @TempDir
    Path temporary;

    @Test
    void theHostIsWhatTheKernelSaysThenTheShellThenLocalhost() throws IOException {
        Path kernel = Files.writeString(temporary.resolve("hostname"), "build-7\n");
        Path none = temporary.resolve("none");

        assertThat(DockerOptions.host(kernel, Map.of("HOSTNAME", "other"))).isEqualTo("build-7");
        assertThat(DockerOptions.host(none, Map.of("HOSTNAME", "other"))).isEqualTo("other");
        assertThat(DockerOptions.host(none, Map.of())).isEqualTo("localhost");
    }
}
