package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.docker.DockerEndpoint.Origin;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointFinderTest {
    /** SHA-256 of "work", the name the docker program gives to the directory of that context. */
    private static final String WORK = "00e13ed7af55b27622f1d6eab5bec0147e68efe28dc2b12461117afa1a5ed40e";

    @TempDir
    Path root;

    private Path home;
    private Path runtime;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void directories() throws IOException {
        home = Files.createDirectories(root.resolve("home/user"));
        runtime = Files.createDirectories(root.resolve("run/user/1000"));
        environment.put("XDG_RUNTIME_DIR", runtime.toString());
    }

    private DockerSettings settings() {
        return DockerSettings.of("test").withEnvironment(environment, home);
    }

    private EndpointFinder.Found find() {
        return new EndpointFinder(settings(), root).find();
    }

    private static Path socket(Path path) throws IOException {
        Files.createDirectories(path.getParent());
        // Closing leaves the file, as a daemon that was killed does.
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
        }
        return path;
    }

    private void context(String id, String meta) throws IOException {
        Path directory = Files.createDirectories(home.resolve(".docker/contexts/meta/" + id));
        Files.writeString(directory.resolve("meta.json"), meta);
    }

    @Test
    void everyPlaceIsAskedInItsOrder() throws IOException {
        Path podmanOfUser = socket(runtime.resolve("podman/podman.sock"));
        assertThat(find().endpoint().socket()).contains(podmanOfUser);
        Path podman = socket(root.resolve("run/podman/podman.sock"));
        assertThat(find().endpoint().socket()).contains(podman);
        assertThat(find().endpoint().origin()).isEqualTo(Origin.PODMAN_SOCKET);
        Path desktop = socket(home.resolve(".docker/desktop/docker.sock"));
        assertThat(find().endpoint().socket()).contains(desktop);
        Path ownRun = socket(home.resolve(".docker/run/docker.sock"));
        assertThat(find().endpoint().socket()).contains(ownRun);
        Path rootless = socket(runtime.resolve("docker.sock"));
        assertThat(find().endpoint().socket()).contains(rootless);
        assertThat(find().endpoint().origin()).isEqualTo(Origin.ROOTLESS_SOCKET);
        Path standard = socket(root.resolve("var/run/docker.sock"));
        assertThat(find().endpoint().socket()).contains(standard);
        assertThat(find().endpoint().origin()).isEqualTo(Origin.DEFAULT_SOCKET);

        context(WORK, "{\"Name\":\"work\",\"Endpoints\":{\"docker\":{\"Host\":\"unix:///ctx.sock\"}}}");
        Files.writeString(home.resolve(".docker/config.json"), "{\"currentContext\":\"work\"}");
        assertThat(find().endpoint())
                .isEqualTo(new DockerEndpoint(
                        java.net.URI.create("unix:///ctx.sock"),
                        Origin.CONTEXT,
                        "the Docker context \"work\"",
                        Optional.empty()));
        environment.put("DOCKER_HOST", "unix:///env.sock");
        assertThat(find().endpoint().socket()).contains(Path.of("/env.sock"));
        assertThat(find().endpoint().origin()).isEqualTo(Origin.DOCKER_HOST);
        EndpointFinder.Found option = new EndpointFinder(settings().withDockerHost("unix:///option.sock"), root).find();
        assertThat(option.endpoint().socket()).contains(Path.of("/option.sock"));
        assertThat(option.endpoint().origin()).isEqualTo(Origin.OPTION);
    }

    @Test
    void whereThereIsNoneAllPlacesAreNamed() {
        EndpointFinder.Found found = find();

        assertThat(found.found()).isFalse();
        assertThat(found.lookedAt())
                .hasSize(6)
                .first()
                .isEqualTo(root.resolve("var/run/docker.sock").toString());
        assertThat(found.endpoint().origin()).isEqualTo(Origin.DEFAULT_SOCKET);
    }

    @Test
    void contextVariableGoesBeforeTheConfiguredOne() throws IOException {
        context(WORK, "{\"Endpoints\":{\"docker\":{\"Host\":\"unix:///ctx.sock\"}}}");
        Files.writeString(home.resolve(".docker/config.json"), "{\"currentContext\":\"nowhere\"}");
        environment.put("DOCKER_CONTEXT", "work");
        assertThat(find().endpoint().socket()).contains(Path.of("/ctx.sock"));

        environment.put("DOCKER_CONTEXT", "default");
        assertThat(find().endpoint().origin()).isEqualTo(Origin.DEFAULT_SOCKET);
    }

    @Test
    void configurationDirectoryIsHonoured() throws IOException {
        Path elsewhere = Files.createDirectories(root.resolve("elsewhere/contexts/meta/" + WORK));
        Files.writeString(
                elsewhere.resolve("meta.json"), "{\"Endpoints\":{\"docker\":{\"Host\":\"tcp://10.0.0.1:2376\"}}}");
        Path tls = Files.createDirectories(root.resolve("elsewhere/contexts/tls/" + WORK + "/docker"));
        environment.put("DOCKER_CONFIG", root.resolve("elsewhere").toString());
        environment.put("DOCKER_CONTEXT", "work");

        assertThat(find().endpoint().address()).hasToString("tcp://10.0.0.1:2376");
        assertThat(find().endpoint().tlsDirectory()).contains(tls);
    }

    @ParameterizedTest
    @CsvSource({
        "tcp://docker.example:2375, , tcp://docker.example:2375",
        "tcp://docker.example, , tcp://docker.example:2375",
        "tcp://docker.example, 1, tcp://docker.example:2376",
        "tcp://[::1]:99, , tcp://[::1]:99",
        "unix:///with blank.sock, , unix:///with%20blank.sock",
        "ssh://host, , ssh://host",
        "ssh://me@host:2222, , ssh://me@host:2222",
        "ssh://[::1]/run/user/1000/docker.sock, , ssh://[::1]/run/user/1000/docker.sock",
    })
    void addressesAreCompleted(String address, String tlsVerify, String expected) {
        environment.put("DOCKER_HOST", address);
        if (tlsVerify != null) {
            environment.put("DOCKER_TLS_VERIFY", tlsVerify);
        }

        assertThat(find().endpoint().address()).hasToString(expected);
        assertThat(find().endpoint().tlsDirectory().isPresent()).isEqualTo(tlsVerify != null);
    }

    @ParameterizedTest
    @CsvSource({
        "ssh://user:secret@host, a password cannot be given",
        "ssh://-oProxyCommand=id/, not of the form",
        "ssh://-l@host, not of the form",
        "ssh://host/$(id), not of the form",
        "ssh://host/a;id, not of the form",
        "ssh://host?x=1, not of the form",
        "ssh://host:99999, not of the form",
        "npipe:////./pipe/docker_engine, for Windows",
        "http://host:2375, 'neither unix://, tcp:// nor ssh://'",
        "/var/run/docker.sock, 'neither unix://, tcp:// nor ssh://'",
        "unix://relative.sock, must be absolute",
        "tcp://, not of the form",
        "tcp://host:port, not of the form",
        "tcp://host:99999, not of the form",
        "tcp://user:secret@host:1, not of the form",
    })
    void addressesThatCannotBeUsedSayWhyAndWhereTheyCameFrom(String address, String detail) {
        environment.put("DOCKER_HOST", address);

        assertThatThrownBy(this::find).isInstanceOfSatisfying(DockerFailureException.class, e -> {
            assertThat(e.failure()).isInstanceOf(DockerFailure.EndpointUnusable.class);
            assertThat(e.failure().message())
                    .contains(detail)
                    .contains("from DOCKER_HOST")
                    .doesNotContain("secret");
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "absent | no such context",
                "{ | cannot read",
                "{} | names no Docker host",
                "{\"Endpoints\":3} | names no"
            })
    void chosenContextThatCannotBeReadIsNotReplacedByAnother(String meta, String detail) throws IOException {
        socket(root.resolve("var/run/docker.sock"));
        environment.put("DOCKER_CONTEXT", "work");
        if (!meta.equals("absent")) {
            context(WORK, meta);
        }

        assertThatThrownBy(this::find)
                .isInstanceOf(DockerFailureException.class)
                .hasMessageContaining(detail)
                .hasMessageContaining("\"work\"");
    }

    @Test
    void settingsNeverPrintThePasswordOrTheEnvironment() {
        environment.put("TOKEN", "hunter2");
        assertThat(settings().withDockerHost("tcp://me:hunter3@host:1").toString())
                .doesNotContain("hunter")
                .contains("tcp://…@host:1");
    }
}
