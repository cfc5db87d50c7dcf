package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import dev.longshore.docker.ConnectionSettings.Breaker;
import dev.longshore.docker.testing.Answers;
import dev.longshore.docker.testing.FakeDaemon;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.MDC;

/** What an Error in the middle of something, such as no thread to be had, leaves behind: nothing that stays so. */
@Timeout(60)
class ConnectionErrorsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration OPEN = Duration.ofMillis(50);
    private static final String PATH = "/containers/c/json";

    @TempDir
    Path directory;

    private FakeDaemon fake;

    @BeforeEach
    void start() throws IOException {
        fake = new FakeDaemon(directory.resolve("d.sock"));
        fake.on("GET " + PATH, Answers.json(200, "{}"));
    }

    @AfterEach
    void close() throws IOException {
        MDC.clear();
        fake.close();
    }

    private static Error noThread() {
        return new OutOfMemoryError("unable to create native thread");
    }

    private static ConnectionSettings quick(ConnectionSettings settings) {
        return settings.withBreaker(new Breaker(1, OPEN)).withHealthCheckInterval(Duration.ofMinutes(5));
    }

    /** A breaker that lets one call in on trial. */
    private static void halfOpen(DaemonConnection daemon, CallClass kind) throws InterruptedException {
        daemon.monitor().machine().ended(kind, new DockerFailure.Timeout("call", SECOND));
        assertThat(daemon.monitor().machine().refusal("call", kind)).isPresent();
        TimeUnit.NANOSECONDS.sleep(OPEN.plusMillis(10).toNanos());
    }

    @Test
    void callThatGotNoThreadGivesItsPlaceBack() throws Exception {
        DockerSettings settings = fake.settings(directory);
        AtomicBoolean none = new AtomicBoolean(true);
        ThreadFactory threads = task -> {
            if (none.getAndSet(false)) {
                throw noThread();
            }
            return new Thread(task);
        };
        try (Transport transport = Transport.to(FakeConnections.endpoint(settings), settings);
                TimedCalls calls = new TimedCalls(transport, 1, SECOND, threads)) {
            Call call = Call.get("inspect", PATH, SECOND);
            assertThatThrownBy(() -> calls.make(call, PATH, SECOND)).isInstanceOf(OutOfMemoryError.class);

            assertThat(calls.make(call, PATH, SECOND).status()).isEqualTo(200);
        }
    }

    @Test
    void trialCallThatEndsInAnErrorLeavesTheNextATrial() throws Exception {
        AtomicBoolean fails = new AtomicBoolean();
        CallObserver observer = new CallObserver() {
            @Override
            public void calling(Call call) {
                if (fails.getAndSet(false)) {
                    throw noThread();
                }
            }

            @Override
            public void called(Call call, Result result) {}
        };
        try (DaemonConnection daemon = FakeConnections.to(fake, directory, ConnectionErrorsTest::quick, observer)) {
            Call call = Call.get("inspect", PATH, SECOND);
            daemon.call(call);
            halfOpen(daemon, CallClass.READ);
            fails.set(true);
            assertThatThrownBy(() -> daemon.call(call)).isInstanceOf(OutOfMemoryError.class);

            assertThat(daemon.call(call).status()).isEqualTo(200);
        }
    }

    @Test
    void trialStreamThatEndsInAnErrorLeavesTheNextATrial() throws Exception {
        DockerHttpClient client = new DockerHttpClient() {
            @Override
            public Response execute(Request request) {
                throw noThread();
            }

            @Override
            public void close() {}
        };
        try (DaemonConnection daemon = FakeConnections.to(fake, directory, ConnectionErrorsTest::quick);
                DaemonStreams streams = new DaemonStreams(
                        client,
                        daemon.failures(),
                        daemon.version(),
                        CallObserver.NONE,
                        daemon.monitor(),
                        ended -> {})) {
            halfOpen(daemon, CallClass.STREAM);
            Call call = Call.get("logs", "/containers/c/logs", SECOND);
            DaemonStreams.Stream<byte[]> stream = streams.open(call, Request.builder(), InputStream::readAllBytes);
            assertThatThrownBy(() -> stream.awaitResult("logs", Duration.ofSeconds(10)))
                    .hasRootCauseInstanceOf(OutOfMemoryError.class);

            assertThat(daemon.monitor().machine().refusal("logs", CallClass.STREAM))
                    .isEmpty();
        }
    }

    @Test
    void healthProbeGoesOnAfterAnErrorAndKnowsNothingOfWhoConnectedFirst() throws Exception {
        DockerSettings settings = fake.settings(directory);
        ConnectionSettings connection = ConnectionSettings.standard()
                .withHealthCheckInterval(Duration.ofMillis(50))
                .withRecoveryInterval(Duration.ofMillis(50));
        LinkedBlockingQueue<Optional<String>> runs = new LinkedBlockingQueue<>();
        DockerEndpoint endpoint = FakeConnections.endpoint(settings);
        ConnectionMachine machine = new ConnectionMachine(endpoint, connection, System::nanoTime, (before, now) -> {
            runs.add(Optional.ofNullable(MDC.get(LogContext.RUN)));
            throw noThread();
        });
        MDC.put(LogContext.RUN, "first");
        try (Transport transport = Transport.to(endpoint, settings);
                HealthProbe probe = new HealthProbe(machine, transport, connection)) {
            probe.start();

            assertThat(runs.poll(10, TimeUnit.SECONDS)).isEmpty();
            assertThat(Waiting.until(
                            Duration.ofSeconds(10),
                            () -> machine.status().counts().answered() >= 4))
                    .isTrue();
        }
    }

    @Test
    void socketWatchKnowsNothingOfWhoConnectedFirst() throws Exception {
        LinkedBlockingQueue<Optional<Map<String, String>>> contexts = new LinkedBlockingQueue<>();
        Path socket = directory.resolve("other.sock");
        MDC.put(LogContext.RUN, "first");
        try (SocketWatch watch = new SocketWatch(
                socket,
                () -> contexts.add(
                        Optional.ofNullable(MDC.getCopyOfContextMap()).filter(map -> !map.isEmpty())))) {
            watch.start();
            assertThat(Waiting.until(Duration.ofSeconds(10), () -> {
                        Files.deleteIfExists(socket);
                        Files.createFile(socket);
                        return !contexts.isEmpty();
                    }))
                    .isTrue();
            assertThat(contexts).containsOnly(Optional.empty());
        }
    }

    @Test
    void versionIsAskedForWithinTheCallsOwnTime() throws Exception {
        fake.on("GET /version", Answers.hanging());
        try (DaemonConnection daemon =
                FakeConnections.to(fake, directory, settings -> settings.withCallTimeout(Duration.ofMinutes(4)))) {
            long begin = System.nanoTime();

            assertThatThrownBy(() -> daemon.call(Call.get("inspect", PATH, Duration.ofMillis(200))))
                    .isInstanceOfSatisfying(
                            DockerFailureException.class,
                            e -> assertThat(e.failure()).isInstanceOf(DockerFailure.Timeout.class));

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMinutes(1));
        }
    }
}
