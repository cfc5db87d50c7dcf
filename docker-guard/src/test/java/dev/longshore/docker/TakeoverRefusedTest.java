package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.docker.testing.Answers;
import dev.longshore.docker.testing.FakeContainers;
import dev.longshore.docker.testing.FakeDaemon;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A dead process's container that cannot be taken over for a reason that passes: it stays, and none is started beside it. */
class TakeoverRefusedTest {
    private static final String NAME = "longshore-run-1-step-0123456789ab";
    private static final Takeover TERMS = new Takeover("inputs");
    private static final Pattern NEW_NAME = Pattern.compile("name=([^&]+)");

    @TempDir
    Path directory;

    private final ContainerRequest request =
            ContainerRequest.builder("app:1", "run-1", "step").build();
    /** What the container is called now. */
    private final AtomicReference<String> name = new AtomicReference<>(NAME);

    private final AtomicBoolean removed = new AtomicBoolean();
    private FakeDaemon daemon;
    private FakeContainers others;
    private DockerSettings settings;

    /** Of a process that lives, and finds every other one dead. */
    private static final Leases LAST_ALIVE = new Leases() {
        @Override
        public String own() {
            return "alive";
        }

        @Override
        public Standing standing(String lease) {
            return lease.equals(own()) ? new Held() : new Over(Optional.empty());
        }
    };

    @BeforeEach
    void start() throws IOException, InterruptedException {
        daemon = new FakeDaemon(directory.resolve("docker.sock"));
        settings = daemon.settings(directory).withLeases(LAST_ALIVE).withCallTimeout(Duration.ofSeconds(2));
        others = FakeContainers.in(daemon, "", 0);
        String fingerprint;
        try (GuardedDocker guard = guard()) {
            fingerprint = TERMS.fingerprint(PolicyCheck.withDefaults(settings.policy(), request), guard.image("app:1"));
        }
        ObjectNode labels = labels(fingerprint);
        daemon.handle("GET /containers/json", asked -> Answers.json(200, removed.get() ? "[]" : listed(labels)));
        daemon.handle(
                "GET /containers/[^/]+/json",
                asked -> asked.path().contains("/" + name.get() + "/")
                        ? Answers.json(200, inspected(labels))
                        : Answers.error(404, "No such container"));
        daemon.handle("POST /containers/[^/]+/rename", asked -> {
            Matcher to = NEW_NAME.matcher(asked.query());
            assertThat(to.find()).isTrue();
            name.set(to.group(1));
            return Answers.raw("HTTP/1.1 204 X\r\n\r\n");
        });
        daemon.onMatch("GET /containers/[^/]+/logs", Answers.raw("HTTP/1.1 200 OK\r\n\r\n"));
        daemon.onMatch("POST /containers/[^/]+/wait", Answers.json(200, "{\"StatusCode\":0}"));
        daemon.handle("DELETE /containers/[^/]+", asked -> {
            removed.set(true);
            return Answers.raw("HTTP/1.1 204 X\r\n\r\n");
        });
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private GuardedDocker guard() {
        return GuardedDocker.open(settings);
    }

    private ObjectNode labels(String fingerprint) {
        return DaemonConnection.JSON
                .createObjectNode()
                .put(Owner.OWNER_LABEL, settings.owner().id())
                .put(Owner.RUN_LABEL, "run-1")
                .put(Owner.STEP_LABEL, "step")
                .put(Owner.LEASE_LABEL, "dead")
                .put(Owner.REQUEST_LABEL, fingerprint)
                .put(Predecessors.MOUNTS_LABEL, "{}");
    }

    private String listed(ObjectNode labels) {
        ObjectNode container = DaemonConnection.JSON.createObjectNode().put("State", "running");
        container.putArray("Names").add("/" + name.get());
        container.set("Labels", labels);
        return "[" + container + "]";
    }

    /** Running when it is found; asked again after its wait, it has ended. */
    private String inspected(ObjectNode labels) {
        ObjectNode container = DaemonConnection.JSON.createObjectNode().put("Name", "/" + name.get());
        container.putObject("Config").set("Labels", labels);
        container
                .putObject("State")
                .put("Status", "running")
                .put("ExitCode", 0)
                .put("StartedAt", Instant.now().toString());
        return container.toString();
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of("GET /containers/json", Answers.error(503, "busy")),
                Arguments.of("GET /containers/[^/]+/json", Answers.hanging()),
                Arguments.of("GET /containers/[^/]+/json", Answers.raw("")),
                Arguments.of("POST /containers/[^/]+/rename", Answers.error(503, "busy")),
                Arguments.of("POST /containers/[^/]+/rename", Answers.hanging()),
                Arguments.of("GET /containers/[^/]+/logs", Answers.error(429, "slow down", Duration.ofSeconds(1))),
                Arguments.of("GET /containers/[^/]+/logs", Answers.hanging()),
                Arguments.of("GET /containers/[^/]+/logs", Answers.raw("")));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void isLeftAsItIsForTheNextAttempt(String call, FakeDaemon.Answer refusal) throws InterruptedException {
        daemon.hurt(call, refusal);
        try (GuardedDocker guard = guard()) {
            DockerFailureException refused = catchThrowableOfType(
                    DockerFailureException.class, () -> guard.run(request, TERMS, ContainerListener.NONE));

            assertThat(refused).isNotNull();
            assertThat(refused.failure().retryable()).isTrue();
            assertThat(removed).as("removed").isFalse();
            assertThat(others.created()).as("started beside it").isEmpty();
            assertThat(name).hasValue(NAME);
        }
        daemon.heal();

        // Another connection, as another process has it: this one's breaker may be open.
        try (GuardedDocker guard = guard()) {
            ContainerExit exit = guard.run(request, TERMS, ContainerListener.NONE);

            assertThat(exit).isInstanceOf(ContainerExit.Exited.class);
            assertThat(exit.summary().takenOver()).isTrue();
            assertThat(others.created()).isEmpty();
            assertThat(removed).isTrue();
        }
    }

    /** It is not kept for an attempt that may be hours away: its lease is as over as it was. */
    @Test
    void isReapedOnceItsGraceIsOver() throws InterruptedException {
        daemon.hurt("GET /containers/[^/]+/logs", Answers.error(429, "slow down", Duration.ofSeconds(1)));
        try (GuardedDocker guard = guard()) {
            DockerFailureException refused = catchThrowableOfType(
                    DockerFailureException.class, () -> guard.run(request, TERMS, ContainerListener.NONE));
            assertThat(refused).isNotNull();
            assertThat(removed).isFalse();
            daemon.heal();

            ReapReport report = guard.reap(Duration.ZERO, false);

            assertThat(report.removed()).extracting(DockerObject::name).containsExactly(NAME);
            assertThat(removed).isTrue();
        }
    }
}
