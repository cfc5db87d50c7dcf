package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.docker.audit.AuditKey;
import dev.longshore.docker.audit.AuditLog;
import dev.longshore.docker.audit.AuditSettings;
import dev.longshore.docker.policy.Decision;
import dev.longshore.docker.policy.Rule;
import dev.longshore.docker.testing.Answers;
import dev.longshore.docker.testing.FakeContainers;
import dev.longshore.docker.testing.FakeDaemon;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.MDC;

/** What is written down of calls and refusals, on a daemon that does as it is told. */
class RecorderTest {
    private static final Subject STEP = new Subject(Owner.of("recorder-test").ofRun("run-1"), Optional.of("analyse"));

    @TempDir
    Path temp;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private FakeDaemon daemon;
    private AuditLog log;
    private GuardedDocker guard;
    private DockerSettings settings;
    private RecordedLines lines;

    @BeforeEach
    void start() throws IOException {
        daemon = new FakeDaemon(temp.resolve("docker.sock"));
        Path directory = temp.resolve("audit");
        log = AuditLog.open(AuditSettings.in(directory));
        lines = new RecordedLines(directory);
        settings = daemon.settings(temp).withAudit(log).withMetrics(new GuardMetrics(registry));
        guard = GuardedDocker.open(settings);
    }

    @AfterEach
    void stop() throws IOException {
        guard.close();
        log.close();
        daemon.close();
        assertThat(lines.verify().findings()).isEmpty();
    }

    private double calls(String operation, String result) {
        return registry.get("longshore.docker.calls")
                .tags("operation", operation, "result", result)
                .timer()
                .count();
    }

    @Test
    void aCallIsToldWithWhoAskedAndWhatCameOfIt() throws InterruptedException {
        daemon.on("GET /images/some:1/json", Answers.json(200, "{\"Id\":\"sha256:1\"}"));

        guard.image("some:1");
        assertThatThrownBy(() -> guard.image("none:1")).isInstanceOf(DockerFailureException.class);
        guard.ping();

        assertThat(lines.told())
                .containsExactly(
                        "call version ok", "call image-inspect ok", "call image-inspect not-found", "call ping ok");
        JsonNode line = lines.line("call", "image-inspect");
        assertThat(line.path("owner").asText()).isEqualTo("fake-test");
        assertThat(line.path("target").asText()).isEqualTo("some:1");
        assertThat(line.path("decision").asText()).isEqualTo("allowed");
        assertThat(line.path("status").asInt()).isEqualTo(200);
        assertThat(line.path("millis").asDouble()).isPositive();
        assertThat(line.path("daemon").asText())
                .contains(temp.resolve("docker.sock").toString());
        assertThat(calls("image-inspect", "not-found")).isEqualTo(1);
        assertThat(calls("ping", "ok")).isEqualTo(1);
        assertThat(registry.get("longshore.docker.connection")
                        .tag("state", "connected")
                        .gauge()
                        .value())
                .isEqualTo(1);
        assertThat(registry.get("longshore.docker.connection")
                        .tag("state", "open")
                        .gauge()
                        .value())
                .isZero();
        assertThat(registry.get("longshore.docker.audit.lines")
                        .functionCounter()
                        .count())
                .isEqualTo(5);
    }

    @Test
    void aRunThatIsCancelledIsToldSo() throws InterruptedException {
        FakeContainers containers = FakeContainers.in(daemon, "at work", 0);
        daemon.hurt("POST /containers/[^/]+/wait", Answers.hangingAfterHeaders());
        Cancellation cancellation = new Cancellation();

        ContainerExit exit = guard.run(
                ContainerRequest.builder("app:1", "run-1", "analyse").build(),
                new ContainerListener() {
                    @Override
                    public void stdout(String line) {
                        cancellation.cancel();
                    }
                },
                cancellation);

        assertThat(exit).isInstanceOf(ContainerExit.Cancelled.class);
        assertThat(containers.left()).isEmpty();
        assertThat(lines.told()).contains("run run cancelled");
        assertThat(registry.get("longshore.docker.runs")
                        .tags("result", "cancelled")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aFailureIsToldWithItsCode() throws IOException {
        daemon.close();

        assertThatThrownBy(guard::ping).isInstanceOf(DockerFailureException.class);

        JsonNode line = lines.line("call", "ping");
        assertThat(line.path("result").asText()).isEqualTo("DOCKER_UNAVAILABLE");
        assertThat(line.path("message").asText()).contains("docker.sock");
        assertThat(line.has("status")).isFalse();
        assertThat(calls("ping", "DOCKER_UNAVAILABLE")).isEqualTo(1);
    }

    @Test
    void aRefusalIsToldThoughTheDaemonIsNotAskedForAnything() {
        ContainerRequest request = ContainerRequest.builder("some:1", "run-1", "analyse")
                .mount(new Mount.ReadOnlyBind(Path.of("/etc"), "/in"))
                .build();

        assertThatThrownBy(() -> guard.run(request, ContainerListener.NONE)).isInstanceOf(DockerFailureException.class);

        // It is asked what must be known to judge the request, and for nothing else.
        assertThat(lines.told())
                .endsWith("refused run DOCKER_POLICY_DENIED", "run run DOCKER_POLICY_DENIED")
                .noneMatch(told -> told.startsWith("begun") || told.startsWith("allowed"));
        JsonNode line = lines.line("refused", "run");
        assertThat(line.path("decision").asText()).isEqualTo("denied");
        assertThat(line.path("rule").asText()).isEqualTo("bind-protected");
        assertThat(line.path("run").asText()).isEqualTo("run-1");
        assertThat(line.path("step").asText()).isEqualTo("analyse");
        assertThat(line.path("target").asText()).isEqualTo("some:1");
        assertThat(line.path("message").asText()).contains("/etc");
        assertThat(daemon.requests()).allMatch(call -> call.startsWith("GET "));
        assertThat(registry.get("longshore.docker.refusals")
                        .tags("operation", "run", "code", "DOCKER_POLICY_DENIED", "rule", "bind-protected")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("longshore.docker.runs")
                        .tag("result", "DOCKER_POLICY_DENIED")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("longshore.docker.runs.active").gauge().value()).isZero();
    }

    @Test
    void noContainerIsGivenTheLogOrItsKey() throws IOException {
        Path key = temp.resolve("key");
        AuditKey.create(key);
        try (AuditLog keyed =
                AuditLog.open(AuditSettings.in(temp.resolve("keyed")).withKey(AuditKey.read(key)))) {
            BindRules rules = new BindRules(settings.withAudit(keyed), guard.endpoint(), "s", Optional.empty());
            for (Path secret : List.of(temp.resolve("keyed"), temp.resolve("keyed/audit.jsonl"), key, temp)) {
                Decision decision =
                        rules.check(new Mount.ReadOnlyBind(secret, "/in")).decision();
                assertThat(decision.allowed()).as("%s", secret).isFalse();
                assertThat(decision.rule()).as("%s", secret).isEqualTo(Rule.BIND_PROTECTED);
            }
        }
    }

    private Call create(String environment) {
        var body = DaemonConnection.JSON.createObjectNode();
        body.put("Image", "sha256:1").put("User", "65534:65534");
        body.putArray("Env").add(environment);
        body.putArray("Cmd").add("login").add("--password").add("hunter2").add("https://joe:hunter2@host/");
        body.putObject("Labels").put(Owner.IMAGE_LABEL, "some:1");
        var host = body.putObject("HostConfig").put("NetworkMode", "none").put("Memory", 1024);
        host.putArray("Mounts")
                .addObject()
                .put("Source", "/src")
                .put("Target", "/in")
                .put("ReadOnly", true);
        return Call.post("create", "/containers/create?name=c1", body, Duration.ofSeconds(5))
                .on("c1")
                .by(STEP);
    }

    @Test
    void whatBringsSomethingAboutIsToldBeforeAndWithoutSecrets() throws InterruptedException {
        daemon.on("POST /containers/create", Answers.json(201, "{}"));
        try (DaemonConnection connection = new DaemonConnection(settings, guard.endpoint(), new Recorder(settings))) {
            connection.json(create("API=hunter2"));
        }

        assertThat(lines.told()).containsExactly("call version ok", "begun create", "call create ok");
        JsonNode begun = lines.line("begun", "create");
        assertThat(begun.path("image").asText()).isEqualTo("some:1");
        assertThat(begun.path("imageId").asText()).isEqualTo("sha256:1");
        assertThat(begun.path("environment").toString()).isEqualTo("[\"API\"]");
        assertThat(begun.path("mounts").toString()).isEqualTo("[\"/src:/in:ro\"]");
        assertThat(begun.path("step").asText()).isEqualTo("analyse");
        assertThat(lines.text()).doesNotContain("hunter2");
    }

    @Test
    void withoutAWritableLogNothingIsBroughtAboutAndTheRestGoesOn() throws Exception {
        daemon.on("POST /containers/create", Answers.json(201, "{}"));
        daemon.on("DELETE /containers/c1", Answers.json(204, ""));
        try (DaemonConnection connection = new DaemonConnection(settings, guard.endpoint(), new Recorder(settings))) {
            connection.version();
            Path file = temp.resolve("audit/audit.jsonl");
            Files.move(file, temp.resolve("aside"));
            Files.createDirectory(file);

            assertThatThrownBy(() -> connection.json(create("A=b")))
                    .isInstanceOfSatisfying(DockerFailureException.class, e -> {
                        assertThat(e.failure().code()).isEqualTo("DOCKER_AUDIT_UNAVAILABLE");
                        assertThat(e.failure().retryable()).isTrue();
                        assertThat(e.failure().publicMessage()).doesNotContain(temp.toString());
                    });
            connection.call(Call.delete("remove", "/containers/c1", Duration.ofSeconds(5)));

            assertThat(daemon.requests()).noneMatch(request -> request.startsWith("POST"));
            assertThat(daemon.requests()).anyMatch(request -> request.startsWith("DELETE"));
            assertThat(registry.get("longshore.docker.audit.failing").gauge().value())
                    .isEqualTo(1);
            Files.delete(file);
            Files.move(temp.resolve("aside"), file);
            connection.json(create("A=b"));
        }
        assertThat(lines.verify().notes()).singleElement().asString().contains("1 lines before it");
    }

    @Test
    void logLinesSayWhatTheyAreAboutAndWhatWasThereIsPutBack() throws InterruptedException {
        MDC.clear();
        MDC.put("run", "mine");
        Recorder recorder = new Recorder(settings);
        recorder.connected(guard.endpoint());

        Map<String, String> inside = recorder.asking(STEP, "run", Optional.empty(), () -> {
            Map<String, String> around = MDC.getCopyOfContextMap();
            try (LogContext context = LogContext.of(create("A=b"))) {
                assertThat(MDC.get("operation")).isEqualTo("create");
                assertThat(MDC.get("container")).isEqualTo("c1");
                Thread thread = Daemons.thread(
                        "test", () -> assertThat(MDC.get("container")).isEqualTo("c1"));
                Throwable[] thrown = new Throwable[1];
                thread.setUncaughtExceptionHandler((one, failure) -> thrown[0] = failure);
                thread.start();
                thread.join();
                assertThat(thrown[0]).isNull();
            }
            assertThat(MDC.getCopyOfContextMap()).isEqualTo(around);
            return around;
        });

        assertThat(inside)
                .containsEntry("run", "run-1")
                .containsEntry("step", "analyse")
                .containsEntry("operation", "run")
                .hasEntrySatisfying("daemon", daemon -> assertThat(daemon).contains("docker.sock"));
        assertThat(MDC.getCopyOfContextMap()).containsExactly(Map.entry("run", "mine"));
        MDC.clear();
    }

    /** Programs without Micrometer on their class path use the guard all the same. */
    @Test
    void withoutMicrometerTheGuardWorks() throws Exception {
        URL[] path = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains("micrometer"))
                .map(RecorderTest::url)
                .toArray(URL[]::new);
        try (URLClassLoader loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
            Class<?> program = loader.loadClass(Bare.class.getName());
            assertThatThrownBy(() -> loader.loadClass("io.micrometer.core.instrument.MeterRegistry"))
                    .isInstanceOf(ClassNotFoundException.class);

            program.getMethod("run", String.class).invoke(null, "unix://" + temp.resolve("docker.sock"));
        }
        assertThat(daemon.requests()).contains("GET /_ping");
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A program that knows nothing of metrics. */
    public static final class Bare {
        private Bare() {}

        public static void run(String host) throws InterruptedException {
            try (GuardedDocker guard =
                    GuardedDocker.open(DockerSettings.of("bare").withDockerHost(host))) {
                guard.ping();
            }
        }
    }
}
