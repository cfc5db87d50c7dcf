package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.docker.testing.Answers;
import dev.longshore.docker.testing.FakeDaemon;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A create call whose answer is lost is settled by the container's name before anything is sent again. */
class CreateReconciledTest {
    private static final String NAME = "longshore-run-step-0123456789ab";
    private static final String CREATE = "POST /containers/create";
    private static final String INSPECT = "GET /containers/" + NAME + "/json";
    private static final FakeDaemon.Answer LOST = Answers.raw("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{");
    private static final FakeDaemon.Answer MADE = Answers.json(201, "{\"Id\":\"1\"}");
    private static final FakeDaemon.Answer TAKEN =
            Answers.json(409, "{\"message\":\"The container name is already in use\"}");
    private static final FakeDaemon.Answer ABSENT = Answers.json(404, "{\"message\":\"No such container\"}");

    @TempDir
    Path directory;

    private FakeDaemon daemon;
    private DaemonConnection connection;
    private final AtomicInteger creates = new AtomicInteger();
    private final AtomicInteger inspections = new AtomicInteger();

    @BeforeEach
    void start() throws IOException {
        daemon = new FakeDaemon(directory.resolve("docker.sock"));
        DockerSettings settings = daemon.settings(directory).withCallTimeout(Duration.ofSeconds(3));
        connection = new DaemonConnection(settings, GuardedDocker.open(settings).endpoint(), CallObserver.NONE);
    }

    @AfterEach
    void stop() throws IOException {
        connection.close();
        daemon.close();
    }

    private void answers(String request, AtomicInteger count, FakeDaemon.Answer... behaviours) {
        daemon.on(request, out -> behaviours[Math.min(count.getAndIncrement(), behaviours.length - 1)].write(out));
    }

    private static FakeDaemon.Answer container(String lease) {
        return Answers.json(200, "{\"Config\":{\"Labels\":" + labels(lease) + "}}");
    }

    private static ObjectNode labels(String lease) {
        return DaemonConnection.JSON
                .createObjectNode()
                .put(Owner.OWNER_LABEL, "o")
                .put(Owner.RUN_LABEL, "run")
                .put(Owner.STEP_LABEL, "step")
                .put(Owner.LEASE_LABEL, lease);
    }

    private void create() throws InterruptedException {
        ObjectNode body = DaemonConnection.JSON.createObjectNode();
        body.set("Labels", labels("mine"));
        new Containers(connection, Subject.of(Owner.of("o"))).create(NAME, body);
    }

    @Test
    void containerThatIsThereIsNotCreatedAgain() throws InterruptedException {
        answers(CREATE, creates, LOST);
        answers(INSPECT, inspections, container("mine"));

        create();

        assertThat(creates).hasValue(1);
    }

    @Test
    void containerThatIsNotThereIsCreatedAgain() throws InterruptedException {
        answers(CREATE, creates, LOST, LOST, MADE);
        answers(INSPECT, inspections, ABSENT);

        create();

        assertThat(creates).hasValue(3);
    }

    /** The first call was slow: its container comes while the second one is refused for its name. */
    @Test
    void containerThatComesLateIsWaitedFor() throws InterruptedException {
        answers(CREATE, creates, LOST, TAKEN);
        answers(INSPECT, inspections, ABSENT, ABSENT, ABSENT, container("mine"));

        create();

        assertThat(creates).hasValue(2);
        assertThat(inspections).hasValue(4);
    }

    @Test
    void containerOfAnotherIsNotTakenForOurs() {
        answers(CREATE, creates, TAKEN);
        answers(INSPECT, inspections, container("another's"));

        assertThatThrownBy(this::create)
                .isInstanceOf(DockerFailureException.class)
                .hasMessageContaining("in use");
        assertThat(creates).hasValue(1);
    }

    @Test
    void refusalIsNotTriedAgain() {
        answers(CREATE, creates, Answers.json(500, "{\"message\":\"no space left on device\"}"));
        answers(INSPECT, inspections, ABSENT);

        assertThatThrownBy(this::create)
                .isInstanceOf(DockerFailureException.class)
                .hasMessageContaining("no space");
        assertThat(creates).hasValue(1);
        assertThat(inspections).hasValue(0);
    }

    @Test
    void daemonThatNeverAnswersIsGivenUp() {
        answers(CREATE, creates, LOST);
        answers(INSPECT, inspections, ABSENT);
        long begin = System.nanoTime();

        assertThatThrownBy(this::create)
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure()).isInstanceOf(DockerFailure.ConnectionLost.class));
        assertThat(creates).hasValueBetween(1, 4);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMinutes(1));
    }
}
