package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.transport.DockerHttpClient.Request.Method;
import dev.longshore.docker.ConnectionSettings.Rate;
import dev.longshore.docker.testing.Answers;
import dev.longshore.docker.testing.FakeDaemon;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CallClassTest {
    private static final String STATS = "/containers/c/stats?stream=false&one-shot=true";
    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir
    Path directory;

    @Test
    void callsThatFailTogetherAreOfOneClass() {
        assertThat(CallClass.of(Method.GET, "/containers/c/json", false)).isEqualTo(CallClass.READ);
        assertThat(CallClass.of(Method.GET, STATS, false)).isEqualTo(CallClass.STATS);
        assertThat(CallClass.of(Method.POST, "/containers/c/wait?condition=not-running", true))
                .isEqualTo(CallClass.WAIT);
        assertThat(CallClass.of(Method.POST, "/containers/c/attach?stream=1", true))
                .isEqualTo(CallClass.STREAM);
        assertThat(CallClass.of(Method.POST, "/containers/c/stop?t=1", false)).isEqualTo(CallClass.CLEANUP);
        assertThat(CallClass.of(Method.POST, "/containers/c/start", false)).isEqualTo(CallClass.CHANGE);
        assertThat(CallClass.of(Method.POST, "/build?q=1", true)).isEqualTo(CallClass.IMAGE);
    }

    @Test
    void figuresThatTimeOutRefuseNoQuestionAndNoWait() {
        DockerSettings settings =
                DockerSettings.of("class-test").withDockerHost("unix://" + directory.resolve("none.sock"));
        ConnectionMachine machine = new ConnectionMachine(
                new EndpointFinder(settings).find().endpoint(),
                settings.connection(),
                System::nanoTime,
                (before, now) -> {});
        for (CallClass kind : List.of(CallClass.STATS, CallClass.STREAM, CallClass.WAIT)) {
            for (int i = 0; i < 3; i++) {
                assertThat(machine.refusal("call", kind)).isEmpty();
                machine.ended(kind, new DockerFailure.Timeout("call", SECOND));
            }
        }

        assertThat(machine.refusal("stats", CallClass.STATS).orElseThrow().message())
                .contains("every question for a container's figures");
        assertThat(machine.refusal("inspect", CallClass.READ)).isEmpty();
        assertThat(machine.refusal("attach", CallClass.STREAM)).isPresent();
        assertThat(machine.refusal("wait", CallClass.WAIT)).isEmpty();
    }

    @Test
    void waitIsNotHeldUpByOurOwnRateLimit() throws Exception {
        try (FakeDaemon fake = new FakeDaemon(directory.resolve("d.sock"));
                DaemonConnection daemon = FakeConnections.to(
                        fake, directory, settings -> settings.withRate(new Rate(1, 1, Duration.ofMillis(1))))) {
            fake.on("GET /containers/c/json", Answers.json(200, "{}"))
                    .on("POST /containers/c/wait", Answers.json(200, "{\"StatusCode\":0}"));
            daemon.json(Call.get("inspect", "/containers/c/json", SECOND));

            Call wait = Call.post("wait", "/containers/c/wait?condition=not-running", null, SECOND);
            assertThat(daemon.json(wait).path("StatusCode").asInt(-1)).isZero();
            assertThat(daemon.monitor().machine().status().counts().refused()).isZero();
        }
    }
}
