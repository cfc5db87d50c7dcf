package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.docker.BindRules.Checked;
import dev.longshore.docker.policy.Decision;
import dev.longshore.docker.policy.Rule;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BindRulesTest {
    @TempDir
    Path directory;

    private Path home;
    private BindRules rules;

    @BeforeEach
    void world() throws IOException {
        home = Files.createDirectories(directory.resolve("home"));
        Files.createDirectories(home.resolve(".ssh"));
        Files.createDirectories(home.resolve("project/src"));
        Path socket = Files.createDirectories(directory.resolve("daemon")).resolve("docker.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
        }
        Files.createSymbolicLink(home.resolve("project/to-proc"), Path.of("/proc/self"));
        Files.createSymbolicLink(home.resolve("project/to-root"), Path.of("/"));
        Files.createSymbolicLink(home.resolve("project/to-socket"), socket);
        Files.createSymbolicLink(home.resolve("project/to-ssh"), home.resolve(".ssh"));
        Files.createSymbolicLink(home.resolve("project/to-src"), Path.of("src"));
        Files.createSymbolicLink(home.resolve("project/loop"), Path.of("loop"));
        DockerSettings settings = DockerSettings.of("t").withEnvironment(Map.of(), home);
        rules = new BindRules(
                settings,
                new DockerEndpoint(
                        URI.create("unix://" + socket), DockerEndpoint.Origin.OPTION, "test", Optional.empty()),
                "step",
                Optional.empty());
    }

    /** JUnit warns of links that lead out of the directory it deletes. */
    @AfterEach
    void removeLinks() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("project"))) {
            for (Path link : files.filter(Files::isSymbolicLink).toList()) {
                Files.delete(link);
            }
        }
    }

    private Path path(String text) {
        return Path.of(text.replace("$D", directory.toString()).replace("$H", home.toString()));
    }

    @ParameterizedTest
    @CsvSource({
        "/, bind-protected",
        "/proc, bind-protected",
        "/proc/self/root, bind-protected",
        "/proc/self/root/etc, bind-protected",
        "/sys, bind-protected",
        "/sys/fs/cgroup, bind-protected",
        "/dev, bind-protected",
        "/dev/shm, bind-protected",
        "/dev/null, bind-protected",
        "/etc, bind-protected",
        "/etc/passwd, bind-protected",
        "/run, bind-protected",
        "/var/run, bind-protected",
        "/var, bind-protected",
        "/var/lib, bind-protected",
        "/usr/../etc, bind-protected",
        "/./etc/../etc/., bind-protected",
        "$H, bind-protected",
        "$H/.ssh, bind-protected",
        "$H/project/../.ssh, bind-protected",
        "$H/project/to-ssh, bind-protected",
        "$H/project/to-proc, bind-protected",
        "$H/project/to-proc/root, bind-protected",
        "$H/project/to-root, bind-protected",
        "$H/project/to-root/etc, bind-protected",
        "$H/project/to-socket, bind-type",
        "$H/project/loop, bind-exists",
        "$H/no/such, bind-exists",
        "$D, bind-protected",
        "$D/daemon, bind-socket",
        "$D/daemon/docker.sock, bind-type",
    })
    void deniedForItsReason(String source, String rule) {
        Decision decision =
                rules.check(new Mount.ReadOnlyBind(path(source), "/workspace")).decision();

        assertThat(decision.rule().id()).isEqualTo(rule);
        assertThat(decision.allowed()).isFalse();
    }

    @Test
    void allowedSourcesAreResolved() throws IOException {
        Path real = home.resolve("project/src").toRealPath();

        Checked read = rules.check(new Mount.ReadOnlyBind(home.resolve("project/to-src"), "/workspace"));
        Checked written = rules.check(new Mount.OutputDirectory(home.resolve("project/../project/src"), "/out", 7, 8));

        assertThat(read.mount()).isEqualTo(new Mount.ReadOnlyBind(real, "/workspace"));
        assertThat(written.mount()).isEqualTo(new Mount.OutputDirectory(real, "/out", 7, 8));
        assertThat(written.decision().allowed()).isTrue();
    }

    /** The kernel tells a socket's path as its program gave it, which may be a relative one. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSocketThatAProgramListensOnIsRefusedUnlessThePolicyAllowsIt(boolean relative) throws IOException {
        Path project = home.resolve("project").toRealPath();
        Path socket = project.resolve("src/of program");
        Path bound = relative ? Path.of("").toRealPath().relativize(socket) : socket;
        Mount.OfHost mount = new Mount.ReadOnlyBind(project, "/workspace");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(bound));

            Decision decision = rules.check(mount).decision();

            assertThat(decision.allowed()).isFalse();
            assertThat(decision.rule()).isEqualTo(Rule.BIND_SOCKET);
            assertThat(decision.where()).isPresent();
            assertThat(decision.reason())
                    .contains("a program listens in it, on the socket " + socket + ": stop that program, or allow it")
                    .contains("set binds.sockets: true");
        }
        assertThat(rules.check(mount).decision().allowed())
                .as("once nobody listens")
                .isTrue();
    }

    @Test
    void noPolicyAllowsTheDockerSocket() {
        assertThat(rules.check(new Mount.ReadOnlyBind(directory.resolve("daemon"), "/x"))
                        .decision()
                        .where())
                .isEmpty();
    }

    @Test
    void outputGoesToADirectoryOnly() throws IOException {
        Path file = Files.createFile(home.resolve("project/file"));

        assertThat(rules.check(new Mount.ReadOnlyBind(file, "/f")).decision().allowed())
                .isTrue();
        assertThat(rules.check(new Mount.OutputDirectory(file, "/f", 1))
                        .decision()
                        .reason())
                .contains("must be a directory");
    }
}
