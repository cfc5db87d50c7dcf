package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.docker.DockerFailure.ImagePullFailed;
import dev.longshore.docker.testing.Answers;
import dev.longshore.docker.testing.FakeDaemon;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pulls against a daemon that says what registries make real ones say. */
class ImagePullTest {
    private static final String IMAGE = "registry.example/team/tool:1";
    private static final String INSPECT = "GET /images/" + IMAGE + "/json";
    private static final String PULL = "POST /images/create";

    @TempDir
    Path directory;

    private FakeDaemon daemon;
    private DaemonConnection connection;
    private DockerSettings settings;
    private final SettableClock clock = new SettableClock();
    private final List<PullProgress> progress = new CopyOnWriteArrayList<>();
    private final AtomicInteger pulls = new AtomicInteger();
    private volatile boolean there;

    /** A clock that a test moves. */
    private static final class SettableClock extends Clock {
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneId.of("UTC");
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    @BeforeEach
    void start() throws IOException {
        daemon = new FakeDaemon(directory.resolve("docker.sock"));
        settings = daemon.settings(directory);
        settings = settings.withContainers(settings.containers().withPullRecords(directory));
        daemon.on(
                INSPECT,
                out -> Answers.json(
                                there ? 200 : 404, there ? "{\"Id\":\"sha256:1\"}" : "{\"message\":\"No such image\"}")
                        .write(out));
        connect();
    }

    private void connect() {
        connection = new DaemonConnection(settings, GuardedDocker.open(settings).endpoint(), CallObserver.NONE);
    }

    @AfterEach
    void stop() throws IOException {
        connection.close();
        daemon.close();
    }

    private ImageShelf shelf() {
        return new ImageShelf(settings, clock, Duration.ofMillis(500));
    }

    private ImageInfo find(ImageShelf shelf, PullPolicy policy) throws InterruptedException {
        return shelf.find(connection, Subject.of(settings.owner()), IMAGE, policy, progress::add);
    }

    /** The daemon answers each pull with the next of these, and with the last one from then on. */
    private void pulling(String... answers) {
        daemon.on(PULL, out -> {
            int number = pulls.getAndIncrement();
            String body = answers[Math.min(number, answers.length - 1)];
            there |= body.contains("Status:");
            Answers.json(200, body).write(out);
        });
    }

    private static final String GOOD = """
            {"status":"Pulling from team/tool","id":"1"}
            {"status":"Pulling fs layer","progressDetail":{},"id":"aaa"}
            {"status":"Already exists","progressDetail":{},"id":"bbb"}
            {"status":"Downloading","progressDetail":{"current":50,"total":200},"progress":"[==>]","id":"aaa"}
            {"status":"Download complete","progressDetail":{},"id":"aaa"}
            {"status":"Extracting","progressDetail":{"current":1,"total":200},"id":"aaa"}
            {"status":"Pull complete","progressDetail":{},"id":"aaa"}
            {"status":"Digest: sha256:00"}
            {"status":"Status: Downloaded newer image for tool:1"}
            """;

    private static String error(String message) {
        return "{\"status\":\"Pulling from team/tool\",\"id\":\"1\"}\n{\"errorDetail\":{\"message\":\"" + message
                + "\"},\"error\":\"" + message + "\"}\n";
    }

    @Test
    void missingImageIsPulledAndItsProgressTold() throws InterruptedException {
        pulling(GOOD);

        assertThat(find(shelf(), PullPolicy.MISSING).id()).isEqualTo("sha256:1");

        assertThat(daemon.requests())
                .contains("POST /v1.41/images/create?fromImage=registry.example%2Fteam%2Ftool&tag=1");
        assertThat(progress).anySatisfy(step -> {
            assertThat(step.bytes()).isEqualTo(200);
            assertThat(step.bytesDone()).isEqualTo(50);
            assertThat(step.layers()).isEqualTo(2);
            assertThat(step.layersDone()).isEqualTo(1);
        });
        PullProgress last = progress.get(progress.size() - 1);
        assertThat(last.layersDone()).isEqualTo(2);
        assertThat(last.bytesDone()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "tool, tool, latest",
        "tool:2, tool, 2",
        "localhost:5000/a/b, localhost:5000/a/b, latest",
        "localhost:5000/a/b:c, localhost:5000/a/b, c",
        "a/b@sha256:0123456789012345678901234567890123456789012345678901234567890123,"
                + " a/b, sha256:0123456789012345678901234567890123456789012345678901234567890123",
        "a/b:t@sha256:0123456789012345678901234567890123456789012345678901234567890123,"
                + " a/b, sha256:0123456789012345678901234567890123456789012345678901234567890123"
    })
    void oneTagIsPulledAndNeverAll(String reference, String name, String tag) {
        pulling(error("denied"));

        assertThatThrownBy(() -> shelf().find(
                                connection, Subject.of(settings.owner()), reference, PullPolicy.ALWAYS, progress::add))
                .isInstanceOf(DockerFailureException.class);

        assertThat(daemon.requests())
                .contains("POST /v1.41/images/create?fromImage=" + DaemonStreams.encode(name) + "&tag="
                        + DaemonStreams.encode(tag));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pull access denied for tool, repository does not exist or may require 'docker login'",
                "manifest for tool:1 not found: manifest unknown: manifest unknown",
                "unauthorized: authentication required",
                "no matching manifest for linux/s390x in the manifest list entries",
                "write /var/lib/docker/tmp/x: no space left on device"
            })
    void errorInsideASuccessIsAFailureAndATryWouldNotHelp(String message) {
        pulling(error(message));

        assertThatThrownBy(() -> find(shelf(), PullPolicy.MISSING))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure()).isInstanceOfSatisfying(ImagePullFailed.class, failed -> {
                            assertThat(failed.detail()).isEqualTo(message);
                            assertThat(failed.retryable()).isFalse();
                        }));
        assertThat(pulls).hasValue(1);
    }

    @Test
    void whatMayPassIsTriedAgain() throws InterruptedException {
        pulling(error("net/http: TLS handshake timeout"), "{\"status\":\"Pulling", GOOD);

        assertThat(find(shelf(), PullPolicy.MISSING).id()).isEqualTo("sha256:1");
        assertThat(pulls).hasValue(3);
    }

    @Test
    void refusalBeforeTheStreamIsThePullsToo() {
        daemon.on(PULL, Answers.json(404, "{\"message\":\"pull access denied for tool\"}"));

        assertThatThrownBy(() -> find(shelf(), PullPolicy.MISSING))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure())
                                .isInstanceOfSatisfying(
                                        ImagePullFailed.class,
                                        failed -> assertThat(failed.retryable()).isFalse()));
    }

    @Test
    void registryThatCountsPullsIsNotAskedAgainSoon() {
        pulling(error("toomanyrequests: You have reached your pull rate limit"));

        assertThatThrownBy(() -> find(shelf(), PullPolicy.MISSING))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure().retryAfter().orElseThrow())
                                .isGreaterThanOrEqualTo(Duration.ofMinutes(10)));
        assertThat(pulls).hasValue(1);
    }

    @Test
    void pullThatFallsSilentIsGivenUpAndTriedAgain() throws InterruptedException {
        daemon.on(PULL, out -> {
            if (pulls.getAndIncrement() == 0) {
                Answers.raw("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{\"status\":\"Pulling\"}\n")
                        .write(out);
                TimeUnit.SECONDS.sleep(20); // as a daemon that hangs: until the other side hangs up
            }
            there = true;
            Answers.json(200, GOOD).write(out);
        });

        assertThat(find(shelf(), PullPolicy.MISSING).id()).isEqualTo("sha256:1");
        assertThat(pulls).hasValue(2);
    }

    @Test
    void pullThatSucceedsWithoutTheImageIsNone() {
        pulling("{\"status\":\"done\"}\n");

        assertThatThrownBy(() -> find(shelf(), PullPolicy.MISSING))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure()).isInstanceOf(ImagePullFailed.class));
    }

    @Test
    void neverIsNever() {
        pulling(GOOD);

        assertThatThrownBy(() -> find(shelf(), PullPolicy.NEVER))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure()).isInstanceOf(DockerFailure.ImageMissing.class));
        assertThat(pulls).hasValue(0);
    }

    @Test
    void presentImageIsPulledAsThePolicyHasIt() throws InterruptedException {
        pulling(GOOD);
        there = true;
        ImageShelf shelf = shelf();

        find(shelf, PullPolicy.MISSING);
        assertThat(pulls).hasValue(0);
        find(shelf, PullPolicy.ALWAYS);
        find(shelf, PullPolicy.ALWAYS);
        assertThat(pulls).hasValue(2);
        // Pulled just now, whatever asked for that, and by whichever process.
        find(shelf, PullPolicy.DAILY);
        find(shelf(), PullPolicy.DAILY);
        assertThat(pulls).hasValue(2);
        clock.now = clock.now.plus(Duration.ofHours(25));
        find(shelf(), PullPolicy.DAILY);
        assertThat(pulls).hasValue(3);
    }

    @Test
    void registryThatIsAwayDoesNotStopADailyPullOfWhatIsHere() throws InterruptedException {
        there = true;
        pulling(error("dial tcp: connection refused"));
        assertThat(find(shelf(), PullPolicy.DAILY).id()).isEqualTo("sha256:1");

        assertThatThrownBy(() -> find(shelf(), PullPolicy.ALWAYS)).isInstanceOf(DockerFailureException.class);
        pulling(error("manifest unknown"));
        assertThatThrownBy(() -> find(shelf(), PullPolicy.DAILY)).isInstanceOf(DockerFailureException.class);
    }

    @Test
    void presenceIsRememberedForAWhile() throws InterruptedException {
        there = true;
        ImageShelf shelf = shelf();
        for (int i = 0; i < 5; i++) {
            shelf.find(connection, Subject.of(settings.owner()), IMAGE);
        }
        assertThat(inspections()).isEqualTo(1);
        clock.now = clock.now.plus(settings.containers().imagePresence());
        shelf.find(connection, Subject.of(settings.owner()), IMAGE);
        assertThat(inspections()).isEqualTo(2);
        shelf.forget(IMAGE);
        shelf.find(connection, Subject.of(settings.owner()), IMAGE);
        assertThat(inspections()).isEqualTo(3);
    }

    private long inspections() {
        return daemon.requests().stream()
                .filter(line -> line.endsWith("/images/" + IMAGE + "/json"))
                .count();
    }

    @Test
    void ofManyWhoWantItAtOnceOnePulls() throws Exception {
        CountDownLatch all = new CountDownLatch(1);
        daemon.on(PULL, out -> {
            pulls.incrementAndGet();
            all.await();
            there = true;
            Answers.json(200, GOOD).write(out);
        });
        ImageShelf shelf = new ImageShelf(settings, clock, Duration.ofSeconds(20));
        List<InBackground<ImageInfo>> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            callers.add(new InBackground<>(() -> find(shelf, PullPolicy.MISSING)));
        }
        all.countDown();
        for (InBackground<ImageInfo> caller : callers) {
            caller.await(Duration.ofSeconds(20));
        }
        assertThat(pulls).hasValue(1);
    }

    @Test
    void interruptEndsAPull() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        daemon.on(PULL, out -> {
            begun.countDown();
            Answers.raw("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n").write(out);
            TimeUnit.SECONDS.sleep(20); // as a long download: until the other side hangs up
        });
        ImageShelf shelf = new ImageShelf(settings, clock, Duration.ofSeconds(20));
        InBackground<ImageInfo> caller = new InBackground<>(() -> find(shelf, PullPolicy.MISSING));
        begun.await();
        caller.thread.interrupt();

        assertThat(caller.awaitFailure(Duration.ofSeconds(10))).isInstanceOf(InterruptedException.class);
    }

    @Test
    void listenerThatThrowsEndsAPull() {
        pulling(GOOD);
        IllegalStateException thrown = new IllegalStateException("enough");

        assertThatThrownBy(() -> shelf().find(
                                connection, Subject.of(settings.owner()), IMAGE, PullPolicy.MISSING, step -> {
                                    throw thrown;
                                }))
                .isSameAs(thrown);
        assertThat(pulls).hasValue(1);
    }

    @ParameterizedTest
    @CsvSource({
        "tool, https://index.docker.io/v1/",
        "team/tool:1, https://index.docker.io/v1/",
        "docker.io/team/tool, https://index.docker.io/v1/",
        "registry.example/tool, registry.example",
        "registry.example:5000/a/b:1, registry.example:5000",
        "localhost/tool, localhost",
        "Team/tool:1, Team"
    })
    void registryIsReadFromTheReference(String reference, String server) {
        assertThat(RegistryCredentials.server(reference)).isEqualTo(server);
    }

    @Test
    void credentialsOfItsRegistryGoWithAPullAndNoOthers() throws Exception {
        Path config = Files.createDirectories(directory.resolve(".docker")).resolve("config.json");
        // dXNlcjpwYTpzcw== is user:pa:ss
        Files.writeString(
                config,
                "{\"auths\":{\"registry.example\":{\"auth\":\"dXNlcjpwYTpzcw==\"},\"other.example\":{\"auth\":\"eDp5\"},"
                        + "\"token.example\":{\"identitytoken\":\"t\"}}}");
        RegistryCredentials credentials = new RegistryCredentials(settings);

        assertThat(decoded(credentials.header(IMAGE).orElseThrow()))
                .contains("\"username\":\"user\"")
                .contains("\"password\":\"pa:ss\"")
                .contains("\"serveraddress\":\"registry.example\"");
        assertThat(decoded(credentials.header("token.example/x").orElseThrow())).contains("\"identitytoken\":\"t\"");
        assertThat(credentials.header("third.example/x")).isEmpty();
        Files.writeString(config, "not json");
        assertThat(credentials.header(IMAGE)).isEmpty();
        Files.writeString(
                config,
                "{\"credsStore\":\"no-such-helper-" + ProcessHandle.current().pid() + "\"}");
        assertThat(credentials.header(IMAGE)).isEmpty();
    }

    private static String decoded(String header) {
        return new String(Base64.getUrlDecoder().decode(header), StandardCharsets.UTF_8);
    }
}
