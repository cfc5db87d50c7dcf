package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.docker.ConnectionSettings.Breaker;
import dev.longshore.docker.ConnectionSettings.Clients;
import dev.longshore.docker.ConnectionSettings.Rate;
import dev.longshore.docker.ConnectionSettings.Retry;
import dev.longshore.docker.testing.Answers;
import dev.longshore.docker.testing.FakeContainers;
import dev.longshore.docker.testing.FakeDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a guard does about a daemon that goes away, fails, and comes back: a fake one, so that it happens at will. */
@Timeout(60)
class ConnectionStateTest {
    private static final Duration RECOVERY = Duration.ofSeconds(20);
    private static final String IMAGE = "GET /images/image/json";

    @TempDir
    Path directory;

    private FakeDaemon daemon;
    private final LinkedBlockingQueue<ConnectionState> seen = new LinkedBlockingQueue<>();
    private final List<GuardedDocker> guards = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        daemon = new FakeDaemon(directory.resolve("d.sock"));
        daemon.on(IMAGE, Answers.json(200, "{\"Id\":\"sha256:1\",\"RepoTags\":[\"image:latest\"]}"));
    }

    @AfterEach
    void close() throws IOException {
        guards.forEach(GuardedDocker::close);
        daemon.close();
    }

    private static ConnectionSettings standard() {
        return ConnectionSettings.standard()
                .withCallTimeout(Duration.ofSeconds(1))
                .withProbeTimeout(Duration.ofMillis(600));
    }

    private GuardedDocker open(ConnectionSettings settings) {
        GuardedDocker guard = GuardedDocker.open(daemon.settings(directory).withConnection(settings));
        guards.add(guard);
        guard.listen((before, now) -> seen.add(now.state()));
        return guard;
    }

    private void await(ConnectionState state, Duration within) throws InterruptedException {
        long end = System.nanoTime() + within.toNanos();
        ConnectionState next = null;
        while (next != state) {
            next = seen.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            assertThat(next).as("the next state on the way to " + state).isNotNull();
        }
    }

    private static DockerFailure failureOf(GuardedDocker guard) throws InterruptedException {
        try {
            guard.image("image");
        } catch (DockerFailureException e) {
            return e.failure();
        }
        throw new AssertionError("it did not fail");
    }

    @Test
    void startsUntriedAndConnectsWithTheFirstAnswer() throws Exception {
        GuardedDocker guard = open(standard());
        assertThat(guard.status().state()).isEqualTo(ConnectionState.UNTRIED);
        assertThat(guard.status().lastSuccess()).isEmpty();

        guard.image("image");

        await(ConnectionState.CONNECTED, RECOVERY);
        ConnectionStatus status = guard.status();
        assertThat(status.counts().answered()).isEqualTo(2);
        assertThat(status.counts().failed()).isZero();
        assertThat(status.apiVersion()).contains("1.41");
        assertThat(status.lastSuccess()).isPresent();
        assertThat(status.nextAttempt().orElseThrow())
                .isBetween(status.since().plusSeconds(25), status.since().plusSeconds(31));
    }

    @Test
    void backsOffThenOpensAndRecoversWhenTheSocketIsMadeAnew() throws Exception {
        GuardedDocker guard = open(standard());
        guard.image("image");
        daemon.stop();

        assertThat(failureOf(guard)).isInstanceOf(DockerFailure.SocketAbsent.class);
        await(ConnectionState.BACKING_OFF, RECOVERY);
        await(ConnectionState.OPEN, RECOVERY);
        DockerFailure refusal = failureOf(guard);
        assertThat(refusal).isInstanceOfSatisfying(DockerFailure.InBackoff.class, failure -> {
            assertThat(failure.cause()).isInstanceOf(DockerFailure.SocketAbsent.class);
            assertThat(failure.remaining()).isLessThan(Duration.ofMillis(1_200));
        });
        assertThat(guard.status().counts().refused()).isPositive();
        assertThat(guard.status().apiVersion()).isEmpty();

        daemon.start();
        await(ConnectionState.HALF_OPEN, RECOVERY);
        await(ConnectionState.CONNECTED, RECOVERY);
        assertThat(guard.image("image").id()).isEqualTo("sha256:1");
        assertThat(guard.status().counts().recoveries()).isEqualTo(1);
    }

    @Test
    void recoversFromAKilledDaemonWhoseSocketStays() throws Exception {
        GuardedDocker guard = open(standard());
        guard.image("image");
        daemon.die();
        assertThat(failureOf(guard)).isInstanceOf(DockerFailure.ConnectionRefused.class);
        await(ConnectionState.OPEN, RECOVERY);

        daemon.start();

        assertThat(guard.awaitConnected(RECOVERY)).isTrue();
    }

    @Test
    void recoversInADirectoryThatIsMadeAnew() throws Exception {
        Path place = Files.createDirectory(directory.resolve("run"));
        daemon.close();
        daemon = new FakeDaemon(place.resolve("d.sock"));
        GuardedDocker guard = open(standard());
        guard.ping();
        daemon.stop();
        Files.delete(place);
        await(ConnectionState.OPEN, Duration.ofSeconds(5));

        Files.createDirectory(place);
        daemon.start();

        assertThat(guard.awaitConnected(RECOVERY)).isTrue();
    }

    @Test
    void hungDaemonIsFoundByTheProbeAndItsReturnToo() throws Exception {
        GuardedDocker guard = open(standard());
        guard.image("image");
        daemon.on(IMAGE, Answers.hanging()).on("GET /_ping", Answers.hanging());

        assertThat(failureOf(guard)).isInstanceOf(DockerFailure.Timeout.class);
        await(ConnectionState.OPEN, Duration.ofSeconds(10));

        daemon.on(IMAGE, Answers.json(200, "{\"Id\":\"sha256:2\"}"))
                .on("GET /_ping", Answers.raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"));
        assertThat(guard.awaitConnected(RECOVERY)).isTrue();
        assertThat(guard.image("image").id()).isEqualTo("sha256:2");
    }

    @Test
    void classOfCallsThatHangsIsRefusedWhileTheOthersWork() throws Exception {
        GuardedDocker guard = open(standard().withBreaker(new Breaker(3, Duration.ofSeconds(60))));
        FakeContainers.in(daemon, "hello", 0);
        daemon.on("POST /containers/create", Answers.hanging());
        guard.image("image");
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> guard.run(
                            ContainerRequest.builder("image", "run", "step").build(), ContainerListener.NONE))
                    .isInstanceOfSatisfying(
                            DockerFailureException.class,
                            e -> assertThat(e.failure()).isInstanceOf(DockerFailure.Timeout.class));
        }

        assertThat(guard.status().state()).isEqualTo(ConnectionState.DEGRADED);
        assertThat(guard.status().classes()).singleElement().satisfies(failing -> {
            assertThat(failing.kind()).isEqualTo(CallClass.CHANGE);
            assertThat(failing.refusedFor()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
        });
        assertThat(guard.image("image").id()).isEqualTo("sha256:1");
        assertThatThrownBy(() -> guard.run(
                        ContainerRequest.builder("image", "run", "step").build(), ContainerListener.NONE))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure().code()).isEqualTo("DOCKER_IN_BACKOFF"));
    }

    @Test
    void daemonsReturnClosesTheBreakersOfItsClasses() throws Exception {
        GuardedDocker guard = open(standard());
        guard.ping();
        daemon.on(IMAGE, Answers.half(200, "{"));
        for (int i = 0; i < 3; i++) {
            assertThat(failureOf(guard)).isInstanceOf(DockerFailure.ConnectionLost.class);
        }
        assertThat(failureOf(guard)).isInstanceOf(DockerFailure.InBackoff.class);

        daemon.stop();
        await(ConnectionState.OPEN, Duration.ofSeconds(5));
        daemon.on(IMAGE, Answers.json(200, "{\"Id\":\"sha256:3\"}"));
        daemon.start();

        assertThat(guard.awaitConnected(RECOVERY)).isTrue();
        assertThat(guard.image("image").id()).isEqualTo("sha256:3");
    }

    @Test
    void questionIsRepeatedAndWhatChangesSomethingIsNot() throws Exception {
        GuardedDocker guard = open(standard()
                .withCallTimeout(Duration.ofSeconds(10))
                .withRetry(new Retry(3, Duration.ofMillis(10), Duration.ofMillis(20))));
        FakeContainers containers = FakeContainers.in(daemon, "hello", 0);
        daemon.on(
                IMAGE,
                Answers.inTurn(
                        Answers.raw(""),
                        Answers.half(200, "{"),
                        Answers.json(200, "{\"Id\":\"sha256:4\",\"RepoTags\":[\"image:latest\"]}")));
        daemon.on("POST /containers/create", Answers.raw(""));

        assertThat(guard.image("image").id()).isEqualTo("sha256:4");
        assertThatThrownBy(() -> guard.run(
                        ContainerRequest.builder("image", "run", "step").build(), ContainerListener.NONE))
                .isInstanceOf(DockerFailureException.class);

        assertThat(daemon.requests())
                .filteredOn(line -> line.endsWith("/images/image/json"))
                .as("one question, made three times; the run knows the answer")
                .hasSize(3);
        // A create is made again only after its name has been asked for, and never under another name.
        assertThat(daemon.requests().stream()
                        .filter(line -> line.contains("/containers/create"))
                        .distinct())
                .hasSize(1);
        assertThat(containers.left()).isEmpty();
    }

    @Test
    void repetitionsEndWithTheAttemptsAndWithTheDeadline() throws Exception {
        daemon.on(IMAGE, Answers.error(502, "bad gateway"));
        GuardedDocker few = open(standard()
                .withCallTimeout(Duration.ofSeconds(10))
                .withRetry(new Retry(3, Duration.ofMillis(10), Duration.ofMillis(20))));
        assertThat(failureOf(few)).isInstanceOf(DockerFailure.DaemonError.class);
        assertThat(daemon.requests())
                .filteredOn(line -> line.endsWith("/images/image/json"))
                .hasSize(3);

        // The pause before the second attempt is longer than the call may last, so the first one's failure is told at
        // once.
        GuardedDocker brief = open(standard()
                .withCallTimeout(Duration.ofMinutes(4))
                .withRetry(new Retry(100, Duration.ofMinutes(8), Duration.ofMinutes(8))));
        long begin = System.nanoTime();
        assertThat(failureOf(brief)).isInstanceOf(DockerFailure.DaemonError.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMinutes(1));
        assertThat(daemon.requests())
                .filteredOn(line -> line.endsWith("/images/image/json"))
                .hasSize(4);
    }

    @Test
    void repeatedQuestionGoesOnAtOnceWhenTheDaemonIsBack() throws Exception {
        GuardedDocker guard = open(standard()
                .withCallTimeout(Duration.ofMinutes(8))
                .withRetry(new Retry(2, Duration.ofMinutes(4), Duration.ofMinutes(4))));
        guard.image("image");
        daemon.stop();
        InBackground<ImageInfo> asked = new InBackground<>(() -> guard.image("image"));
        await(ConnectionState.OPEN, RECOVERY);

        daemon.start();

        // Long before the pause would have been over.
        assertThat(asked.await(RECOVERY).id()).isEqualTo("sha256:1");
    }

    /** The transport keeps the daemon's wait once by itself and sends the call again; what it says then is final. */
    @Test
    void answerOf429SaysWhenToComeBack() throws Exception {
        daemon.on(IMAGE, Answers.error(429, "slow down", Duration.ofSeconds(1)));

        DockerFailure failure = failureOf(open(standard().withCallTimeout(Duration.ofSeconds(5))));

        assertThat(failure)
                .isEqualTo(new DockerFailure.RateLimited(
                        "inspect of image image", "the daemon's limit", Duration.ofSeconds(1)));
    }

    @Test
    void tooManyCallsAreRefusedAndSayWhenToComeBack() throws Exception {
        GuardedDocker guard = open(standard().withRate(new Rate(1, 5, Duration.ofMillis(1))));
        for (int i = 0; i < 5; i++) {
            guard.image("image");
        }

        DockerFailure failure = failureOf(guard);

        assertThat(failure.code()).isEqualTo("DOCKER_RATE_LIMITED");
        assertThat(failure.retryAfter().orElseThrow()).isBetween(Duration.ofMillis(1), Duration.ofSeconds(1));
        assertThat(guard.status().counts().refused()).isEqualTo(1);
        guard.ping();
    }

    @Test
    void otherDaemonInTheSamePlaceIsAskedForItsVersion() throws Exception {
        GuardedDocker guard = open(standard());
        guard.image("image");
        daemon.stop();
        await(ConnectionState.OPEN, RECOVERY);
        daemon.speaks("1.44", "1.60").start();

        assertThat(guard.awaitConnected(RECOVERY)).isTrue();
        guard.image("image");

        assertThat(daemon.requests()).last().isEqualTo("GET /v1.52/images/image/json");
        assertThat(guard.status().apiVersion()).contains("1.52");
    }

    @Test
    void guardsOfOneDaemonShareItsState() throws Exception {
        GuardedDocker one = open(standard());
        GuardedDocker other = open(standard());
        one.ping();
        assertThat(other.status().state()).isEqualTo(ConnectionState.CONNECTED);
        daemon.stop();
        await(ConnectionState.OPEN, RECOVERY);

        assertThat(failureOf(other)).isInstanceOf(DockerFailure.InBackoff.class);
        one.close();
        daemon.start();
        assertThat(other.awaitConnected(RECOVERY)).isTrue();
    }

    @Test
    void clientsWaitOneByOneAndSeeTheCountdown() throws Exception {
        GuardedDocker guard = open(standard()
                .withBreaker(new Breaker(1_000, Duration.ofSeconds(1)))
                .withClients(new Clients(Duration.ofMillis(500), Duration.ofSeconds(300))));
        GuardedDocker web = guard.forClient("web");
        daemon.on(IMAGE, Answers.half(200, "{"));
        assertThat(failureOf(web)).isInstanceOf(DockerFailure.ConnectionLost.class);
        assertThat(failureOf(web))
                .as("the second may be tried at once")
                .isInstanceOf(DockerFailure.ConnectionLost.class);

        assertThat(failureOf(web)).isInstanceOfSatisfying(DockerFailure.InBackoff.class, failure -> {
            assertThat(failure.who()).isEqualTo("the client \"web\"");
            assertThat(failure.remaining()).isLessThanOrEqualTo(Duration.ofMillis(500));
        });
        assertThat(guard.status().clients()).containsOnlyKeys("web");
        daemon.on(IMAGE, Answers.json(200, "{\"Id\":\"sha256:1\",\"RepoTags\":[\"image:latest\"]}"));
        assertThat(guard.forClient("cli").image("image").id()).isEqualTo("sha256:1");
        Duration remaining =
                Objects.requireNonNull(web.status().clients().get("web")).remaining();
        assertThat(remaining).isPositive();
        TimeUnit.NANOSECONDS.sleep(remaining.toNanos());
        assertThat(web.image("image").id()).isEqualTo("sha256:1");
        assertThat(guard.status().clients()).isEmpty();
    }

    @Test
    void listenerThatThrowsHoldsUpNoOther() throws Exception {
        GuardedDocker guard = open(standard());
        guard.listen((before, now) -> {
            throw new IllegalStateException("a listener's own fault");
        });
        LinkedBlockingQueue<ConnectionState> later = new LinkedBlockingQueue<>();
        ConnectionListener.Subscription subscription = guard.listen((before, now) -> later.add(now.state()));
        guard.ping();
        assertThat(later.poll(30, TimeUnit.SECONDS)).isEqualTo(ConnectionState.CONNECTED);

        subscription.close();
        daemon.stop();
        await(ConnectionState.OPEN, RECOVERY);
        assertThat(later).isEmpty();
    }

    @Test
    void silentConnectionIsProbed() throws Exception {
        GuardedDocker guard = open(standard().withHealthCheckInterval(Duration.ofMillis(100)));
        guard.ping();

        assertThat(Waiting.until(Duration.ofSeconds(30), () -> daemon.requests().size() >= 6))
                .isTrue();
        assertThat(guard.status().state()).isEqualTo(ConnectionState.CONNECTED);
    }
}
