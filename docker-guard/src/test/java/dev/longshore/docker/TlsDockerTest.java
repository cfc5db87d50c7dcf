package dev.longshore.docker;

import static dev.longshore.docker.TestDaemon.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A private daemon on TCP that wants certificates. */
@Tag("docker")
@Tag("dockerd")
@Tag("slow")
@Timeout(120)
class TlsDockerTest {
    private static Path directory;

    @TempDir
    static Path certificates;

    private static PrivateDaemon daemon;
    private static int port;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        assumeTrue(ProcessIdentity.current().uid() == 0, "only root can start a private daemon");
        Path server = Files.createDirectory(certificates.resolve("server"));
        authority(server);
        certificate(server, server, "server", "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth");
        certificate(
                server, Files.createDirectory(certificates.resolve("good")), "client", "extendedKeyUsage=clientAuth");
        Path other = Files.createDirectory(certificates.resolve("other"));
        authority(other);
        certificate(other, other, "client", "extendedKeyUsage=clientAuth");
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        directory = Files.createTempDirectory("longshore-dockerd-");
        daemon = new PrivateDaemon(
                directory,
                List.of(
                        "--host=tcp://127.0.0.1:" + port,
                        "--tlsverify",
                        "--tlscacert=" + server.resolve("ca.pem"),
                        "--tlscert=" + server.resolve("cert.pem"),
                        "--tlskey=" + server.resolve("key.pem")));
        try (TestDaemon source = new TestDaemon("copy")) {
            source.copyImageTo(daemon);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        if (daemon != null) {
            daemon.stop();
        }
    }

    private static void authority(Path to) throws IOException, InterruptedException {
        openssl(
                to,
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=test authority",
                "-keyout",
                "ca-key.pem",
                "-out",
                "ca.pem");
    }

    private static void certificate(Path authority, Path to, String name, String extensions)
            throws IOException, InterruptedException {
        Files.writeString(to.resolve("extensions"), extensions);
        openssl(
                to,
                "req",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-subj",
                "/CN=" + name,
                "-keyout",
                "key.pem",
                "-out",
                "csr");
        openssl(
                to,
                "x509",
                "-req",
                "-days",
                "2",
                "-in",
                "csr",
                "-out",
                "cert.pem",
                "-extfile",
                "extensions",
                "-CA",
                authority.resolve("ca.pem").toString(),
                "-CAkey",
                authority.resolve("ca-key.pem").toString(),
                "-CAcreateserial");
        if (!authority.equals(to)) {
            Files.copy(authority.resolve("ca.pem"), to.resolve("ca.pem"));
        }
    }

    private static void openssl(Path in, String... words) throws IOException, InterruptedException {
        ProcessBuilder program =
                new ProcessBuilder("openssl").directory(in.toFile()).redirectErrorStream(true);
        program.command().addAll(List.of(words));
        Process process = program.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }

    private static DockerSettings with(String certificatesOf) {
        return DockerSettings.of("private-test")
                .withEnvironment(
                        Map.of(
                                "DOCKER_TLS_VERIFY",
                                "1",
                                "DOCKER_CERT_PATH",
                                certificates.resolve(certificatesOf).toString()),
                        directory)
                .withDockerHost("tcp://127.0.0.1:" + port)
                .withStopGrace(Duration.ofSeconds(1));
    }

    @Test
    void runsAContainerAndRecovers() throws Exception {
        Leaks before = Leaks.now();
        try (GuardedDocker guard = GuardedDocker.open(with("good"))) {
            RecordingListener output = new RecordingListener();
            assertThat(guard.run(shell("echo over tls; exit 5").build(), output))
                    .isInstanceOfSatisfying(
                            ContainerExit.Exited.class,
                            exit -> assertThat(exit.code()).isEqualTo(5));
            assertThat(output.stdout).containsExactly("over tls");

            daemon.signal("TERM");
            daemon.awaitEnd();
            assertThatThrownBy(guard::ping).isInstanceOf(DockerFailureException.class);
            daemon.restart();
            assertThat(guard.awaitConnected(Duration.ofSeconds(30))).isTrue();
            assertThat(guard.removeLeftovers(Owner.of("private-test"))).isEmpty();
        }
        Leaks.assertReleased(before);
    }

    @Test
    void foreignCertificatesAndNoneAreRefusedWithTheFix() {
        for (String certificatesOf : List.of("other")) {
            try (GuardedDocker guard = GuardedDocker.open(with(certificatesOf))) {
                assertThatThrownBy(guard::ping).isInstanceOfSatisfying(DockerFailureException.class, e -> {
                    assertThat(e.failure()).isInstanceOf(DockerFailure.EndpointUnusable.class);
                    assertThat(e.failure().fix()).contains("DOCKER_CERT_PATH");
                });
            }
        }
        DockerSettings plain = DockerSettings.of("private-test")
                .withEnvironment(Map.of(), directory)
                .withDockerHost("tcp://127.0.0.1:" + port);
        try (GuardedDocker guard = GuardedDocker.open(plain)) {
            assertThatThrownBy(guard::connect)
                    .isInstanceOfSatisfying(
                            DockerFailureException.class,
                            e -> assertThat(e.failure().message()).containsIgnoringCase("HTTP"));
        }
    }
}
