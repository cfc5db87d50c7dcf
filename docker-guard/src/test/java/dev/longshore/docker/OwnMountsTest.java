package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.docker.OwnMounts.Translated;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnMountsTest {
    private static final String CONTAINER = """
            {"Id": "abc", "HostConfig": {"Tmpfs": {"/data/tmp": "size=1m"}}, "Mounts": [
              {"Type": "bind", "Source": "/srv/data", "Destination": "/data"},
              {"Type": "volume", "Name": "cache", "Source": "/var/lib/docker/volumes/cache/_data", "Destination": "/data/cache"},
              {"Type": "bind", "Source": "/home/u", "Destination": "/data/cache/home"},
              {"Type": "tmpfs", "Source": "", "Destination": "/data/memory"},
              {"Type": "bind", "Source": "/", "Destination": "/host"},
              {"Type": "bind", "Source": "/srv/single.conf", "Destination": "/config/single.conf"},
              {"Type": "npipe", "Source": "\\\\\\\\.\\\\pipe\\\\docker_engine", "Destination": "\\\\\\\\.\\\\pipe\\\\docker_engine"}
            ]}
            """;

    private static OwnMounts mounts() throws IOException {
        return OwnMounts.of(DaemonConnection.JSON.readTree(CONTAINER));
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "/data,                       /srv/data",
        "/data/a/b,                   /srv/data/a/b",
        "/data/cached,                /srv/data/cached",
        "/data/cache,                 /var/lib/docker/volumes/cache/_data",
        "/data/cache/x y,             /var/lib/docker/volumes/cache/_data/x y",
        "/data/cache/home/project,    /home/u/project",
        "/config/single.conf,         /srv/single.conf",
        "/host/opt,                   /opt",
        "/host,                       /",
        "/data/tmp/x,",
        "/data/memory/x,",
        "/database,",
        "/config,",
        "/tmp/x,",
        "/,",
    })
    void theInnermostMountDecides(Path path, String expected) throws IOException {
        assertThat(mounts().translate(path).map(Translated::path))
                .isEqualTo(Optional.ofNullable(expected).map(Path::of));
    }

    @Test
    void aVolumeIsNoDirectoryOfTheHostUnlessItIsMadeOfOne() throws IOException {
        Path path = Path.of("/data/cache/x");

        assertThat(mounts().translate(path).orElseThrow().directory()).isEmpty();
        Translated made =
                mounts().madeOf("cache", Path.of("/etc")).translate(path).orElseThrow();
        assertThat(made.directory()).contains(Path.of("/etc/x"));
        assertThat(made.path()).isEqualTo(Path.of("/var/lib/docker/volumes/cache/_data/x"));
    }

    @Test
    void followsTheImagesLinksToTheMountPoint(@TempDir Path directory) throws IOException {
        Path real = Files.createDirectories(directory.toRealPath().resolve("run/shared"));
        Path link = Files.createSymbolicLink(directory.resolve("var-run"), real.getParent());
        JsonNode container = DaemonConnection.JSON.readTree("{\"Id\":\"abc\",\"Mounts\":[{\"Type\":\"bind\",\"Source\":"
                + "\"/srv\",\"Destination\":\"" + link.resolve("shared") + "\"}]}");

        assertThat(OwnMounts.of(container).translate(real.resolve("x")).map(Translated::path))
                .contains(Path.of("/srv/x"));
    }
}
