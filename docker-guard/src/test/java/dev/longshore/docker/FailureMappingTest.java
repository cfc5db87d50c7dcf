package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.docker.testing.Answers;
import dev.longshore.docker.testing.FakeDaemon;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers of a fake daemon, row by row, and the failure each becomes. */
class FailureMappingTest {
    private static final Duration DEADLINE = Duration.ofMillis(500);

    @TempDir
    Path directory;

    private FakeDaemon daemon;
    private GuardedDocker guard;

    @BeforeEach
    void open() throws IOException {
        daemon = new FakeDaemon(directory.resolve("d.sock"));
        guard = GuardedDocker.open(patient().withCallTimeout(DEADLINE).withProbeTimeout(DEADLINE));
    }

    /** With a breaker that never opens: here each call is to meet the daemon. */
    private DockerSettings patient() {
        return daemon.settings(directory)
                .withConnection(ConnectionSettings.standard()
                        .withBreaker(new ConnectionSettings.Breaker(1_000_000, Duration.ofSeconds(1))));
    }

    @AfterEach
    void close() throws IOException {
        guard.close();
        daemon.close();
    }

    private DockerFailure failureOf(ThrowingCall call) {
        try {
            call.run();
        } catch (DockerFailureException e) {
            assertThat(e).hasMessage(e.failure().message());
            assertThat(e.failure().message()).isNotBlank().doesNotContain("\n");
            assertThat(e.failure().fix()).isNotBlank().doesNotContain("\n");
            return e.failure();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("it did not fail");
    }

    private interface ThrowingCall {
        void run() throws InterruptedException;
    }

    /** In an answer, ~ is CR LF; HANG keeps the connection open from there on. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    never a byte          | HANG                                                   | Timeout            | true
                    half a status line    | HTTP/1.1 20HANG                                        | Timeout            | true
                    half the headers      | HTTP/1.1 200 OK~Content-Length: 9~HANG                 | Timeout            | true
                    headers and no body   | HTTP/1.1 200 OK~Content-Length: 9~~HANG                | Timeout            | true
                    half the body         | HTTP/1.1 200 OK~Content-Length: 9~~{"IdHANG            | Timeout            | true
                    hangs up at once      | ''                                                     | ConnectionLost     | true
                    hangs up in headers   | HTTP/1.1 200 OK~Content-Le                             | Unknown            | false
                    hangs up in the body  | HTTP/1.1 200 OK~Content-Length: 900~~{"Id":            | ConnectionLost     | true
                    hangs up in a chunk   | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~ff~{"Id"   | ConnectionLost     | true
                    not HTTP              | SSH-2.0-OpenSSH_9.2~                                   | ConnectionLost     | true
                    a chunk without size  | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~zz~x       | Unknown            | false
                    not JSON              | HTTP/1.1 200 OK~Content-Length: 6~~<html>              | Unknown            | false
                    JSON of another shape | HTTP/1.1 200 OK~Content-Length: 2~~[]                  | Unknown            | false
                    400                   | HTTP/1.1 400 X~Content-Length: 15~~{"message":"m"}     | DaemonError        | false
                    401                   | HTTP/1.1 401 X~Content-Length: 15~~{"message":"m"}     | DaemonError        | false
                    403 of a proxy        | HTTP/1.1 403 X~Content-Length: 9~~Forbidden            | DaemonError        | false
                    404                   | HTTP/1.1 404 X~Content-Length: 15~~{"message":"m"}     | ImageMissing       | false
                    409                   | HTTP/1.1 409 X~Content-Length: 15~~{"message":"m"}     | DaemonError        | false
                    500                   | HTTP/1.1 500 X~Content-Length: 15~~{"message":"m"}     | DaemonError        | true
                    502 with no body      | HTTP/1.1 502 X~Content-Length: 0~~                     | DaemonError        | true
                    """)
    void answerBecomesItsFailureInTime(String what, String answer, String failure, boolean retryable) {
        String text = answer.replace("~", "\r\n");
        daemon.on(
                "GET /images/image/json",
                text.endsWith("HANG") ? Answers.hangingAfter(text.substring(0, text.length() - 4)) : Answers.raw(text));
        long begin = System.nanoTime();

        DockerFailure seen = failureOf(() -> guard.image("image"));

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
        assertThat(seen.getClass().getSimpleName()).as(what).isEqualTo(failure);
        assertThat(seen.retryable()).isEqualTo(retryable);
    }

    @Test
    void answerWithoutEndIsCutOff() {
        daemon.on("GET /images/image/json", out -> {
            Answers.raw("HTTP/1.1 200 OK\r\n\r\n").write(out);
            byte[] chunk = new byte[1 << 16];
            while (true) {
                out.write(chunk);
            }
        });

        assertThat(failureOf(() -> guard.image("image")).message()).containsAnyOf("16 MiB", "within");
    }

    @ParameterizedTest
    @CsvSource({
        "1.12, 1.23, ApiTooOld",
        "1.53, 1.60, ApiTooNew",
        "'', '', Unknown",
        "x, y, Unknown",
    })
    void versionsThatDoNotMeet(String oldest, String newest, String failure) {
        daemon.on(
                "GET /version",
                Answers.json(200, "{\"ApiVersion\":\"" + newest + "\",\"MinAPIVersion\":\"" + oldest + "\"}"));

        DockerFailure seen = failureOf(() -> guard.connect());

        assertThat(seen.getClass().getSimpleName()).isEqualTo(failure);
        assertThat(seen.retryable()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"1.12, 1.24", "1.12, 1.31", "1.24, 1.32", "1.24, 1.41", "1.40, 1.52", "1.44, 1.60"})
    void versionsThatMeetArePinned(String oldest, String newest) throws InterruptedException {
        daemon.on(
                "GET /version",
                Answers.json(200, "{\"ApiVersion\":\"" + newest + "\",\"MinAPIVersion\":\"" + oldest + "\"}"));
        daemon.on("GET /images/image/json", Answers.json(200, "{\"Id\":\"sha256:1\"}"));

        guard.image("image");
        guard.image("image");

        String agreed = newest.equals("1.60") ? "1.52" : newest;
        assertThat(daemon.requests())
                .containsExactly(
                        "GET /version",
                        "GET /v" + agreed + "/images/image/json",
                        "GET /v" + agreed + "/images/image/json");
    }

    /** An old daemon leaves out settings it does not know: nothing is created on it, but what is there can be removed. */
    @ParameterizedTest
    @CsvSource({"1.24", "1.31"})
    void daemonThatCannotHardenRunsNothing(String newest) throws InterruptedException {
        daemon.on("GET /version", Answers.json(200, "{\"ApiVersion\":\"" + newest + "\"}"));
        daemon.on("GET /containers/json", Answers.json(200, "[]"));
        daemon.on("GET /volumes", Answers.json(200, "{\"Volumes\":null}"));
        daemon.on("GET /networks", Answers.json(200, "[]"));

        assertThat(failureOf(() -> guard.run(
                        ContainerRequest.builder("image", "run", "step").build(), ContainerListener.NONE)))
                .isEqualTo(new DockerFailure.ApiTooOld(newest, "1.32"));
        assertThat(failureOf(() -> guard.buildImage(
                        ImageBuild.builder("t:1")
                                .file("Dockerfile", new byte[0])
                                .build(),
                        line -> {})))
                .isInstanceOf(DockerFailure.ApiTooOld.class);
        assertThat(guard.removeLeftovers(Owner.of("fake-test"))).isEmpty();
        assertThat(daemon.requests()).noneMatch(request -> request.startsWith("POST"));
    }

    @Test
    void daemonThatWasDowngradedIsAskedAgainOnce() throws InterruptedException {
        daemon.on("GET /images/image/json", Answers.json(200, "{\"Id\":\"sha256:1\"}"));
        guard.image("image");
        daemon.on("GET /version", Answers.json(200, "{\"ApiVersion\":\"1.40\",\"MinAPIVersion\":\"1.12\"}"));
        AtomicInteger calls = new AtomicInteger();
        String tooNew = "{\"message\":\"client version 1.41 is too new. Maximum supported API version is 1.40\"}";
        daemon.on(
                "GET /images/image/json",
                out -> Answers.json(
                                calls.getAndIncrement() == 0 ? 400 : 200,
                                calls.get() == 1 ? tooNew : "{\"Id\":\"sha256:2\"}")
                        .write(out));

        assertThat(guard.image("image").id()).isEqualTo("sha256:2");
        assertThat(daemon.requests()).last().isEqualTo("GET /v1.40/images/image/json");

        daemon.on("GET /images/image/json", Answers.json(400, tooNew));
        assertThat(failureOf(() -> guard.image("image"))).isInstanceOf(DockerFailure.DaemonError.class);
    }

    @Test
    void noSocketAnywhere() {
        GuardedDocker lost = GuardedDocker.open(DockerSettings.of("t")
                .withEnvironment(Map.of(), directory)
                .withDockerHost("unix://" + directory.resolve("none.sock")));

        DockerFailure failure = failureOf(lost::ping);

        assertThat(failure)
                .isEqualTo(new DockerFailure.SocketAbsent(
                        List.of(directory.resolve("none.sock").toString())));
        assertThat(failure.code()).isEqualTo("DOCKER_UNAVAILABLE");
        lost.close();
    }

    @Test
    void socketNobodyListensOn() throws IOException {
        Path stale = directory.resolve("stale.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(stale));
        }
        Path file = Files.createFile(directory.resolve("file.sock"));
        for (Path path : List.of(stale, file)) {
            try (GuardedDocker lost = GuardedDocker.open(
                    DockerSettings.of("t").withEnvironment(Map.of(), directory).withDockerHost("unix://" + path))) {
                assertThat(failureOf(lost::ping)).isInstanceOf(DockerFailure.ConnectionRefused.class);
            }
        }
    }

    @Test
    void tcpPortNobodyListensOn() {
        try (GuardedDocker lost = GuardedDocker.open(
                DockerSettings.of("t").withEnvironment(Map.of(), directory).withDockerHost("tcp://127.0.0.1:1"))) {
            assertThat(failureOf(lost::ping)).isInstanceOf(DockerFailure.ConnectionRefused.class);
        }
    }

    @Test
    void interruptEndsACallAtOnce() throws Exception {
        daemon.on("GET /_ping", Answers.hangingAfter(""));
        InBackground<String> ping = new InBackground<>(() -> {
            guard.ping();
            return "an answer";
        });
        ping.thread.interrupt();

        assertThat(ping.awaitFailure(Duration.ofSeconds(30))).isInstanceOf(InterruptedException.class);
    }

    @Test
    void createThatIsAnsweredTooLateIsCleanedUpByName() {
        String container = "\\S*longshore-run-step-[0-9a-f]{12}\\S*";
        daemon.on("GET /images/image/json", Answers.json(200, "{\"Id\":\"sha256:1\",\"RepoTags\":[\"image:latest\"]}"));
        daemon.on("POST /containers/create", Answers.hangingAfter(""));
        AtomicInteger removals = new AtomicInteger();
        // There only at the third look: the daemon was slow to make it.
        daemon.onMatch(
                "DELETE /containers/longshore-run-step-.*",
                out -> Answers.json(removals.incrementAndGet() < 3 ? 404 : 204, "")
                        .write(out));

        assertThatThrownBy(() -> guard.run(
                        ContainerRequest.builder("image", "run", "step").build(), ContainerListener.NONE))
                .isInstanceOfSatisfying(DockerFailureException.class, e -> {
                    assertThat(e.failure()).isInstanceOf(DockerFailure.Timeout.class);
                    assertThat(e).hasNoSuppressedExceptions();
                });
        assertThat(removals).hasValue(3);
        assertThat(daemon.requests()).anyMatch(line -> line.matches("DELETE " + container));
    }

    @Test
    void containerThatCannotBeRemovedIsNamed() {
        daemon.on("GET /images/image/json", Answers.json(200, "{\"Id\":\"sha256:1\",\"RepoTags\":[\"image:latest\"]}"));
        daemon.on("POST /containers/create", Answers.json(201, "{\"Id\":\"1\"}"));
        daemon.onMatch("POST /containers/.*/attach", Answers.json(500, "{\"message\":\"no attach\"}"));
        daemon.onMatch("DELETE /containers/.*", Answers.json(500, "{\"message\":\"device busy\"}"));

        assertThatThrownBy(() -> guard.run(
                        ContainerRequest.builder("image", "run", "step").build(), ContainerListener.NONE))
                .isInstanceOfSatisfying(DockerFailureException.class, e -> {
                    assertThat(e.failure().message()).contains("no attach");
                    assertThat(e.getSuppressed())
                            .singleElement()
                            .isInstanceOfSatisfying(
                                    DockerFailureException.class,
                                    left -> assertThat(left.failure())
                                            .isInstanceOfSatisfying(DockerFailure.ContainerLeft.class, container -> {
                                                assertThat(container.container())
                                                        .startsWith("longshore-run-step-");
                                                assertThat(container.owner())
                                                        .isEqualTo(Owner.of("fake-test")
                                                                .ofRun("run"));
                                                assertThat(container.cause().message())
                                                        .contains("device busy");
                                                assertThat(container.fix())
                                                        .contains("docker rm --force --volumes longshore-run-");
                                            }));
                });
    }

    @Test
    void failedCallsLeaveNoThreadAndNoConnection() throws Exception {
        daemon.on("GET /images/image/json", Answers.hangingAfter("HTTP/1.1 200 OK\r\n"));
        Leaks before = Leaks.now();
        GuardedDocker impatient = GuardedDocker.open(patient().withCallTimeout(Duration.ofMillis(20)));
        for (int round = 0; round < 50; round++) {
            assertThat(failureOf(() -> impatient.image("image"))).isInstanceOf(DockerFailure.Timeout.class);
        }
        impatient.close();

        Leaks.assertReleased(before);
    }
}
