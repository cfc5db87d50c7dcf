package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.docker.testing.Answers;
import dev.longshore.docker.testing.FakeContainers;
import dev.longshore.docker.testing.FakeDaemon;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a cancelled run still asks of the daemon before its container's start. */
class CancellationTest {
    private static final ContainerRequest REQUEST =
            ContainerRequest.builder("app:1", "run-1", "step").build();

    @TempDir
    Path directory;

    private final Cancellation cancellation = new Cancellation();
    private FakeDaemon daemon;
    private FakeContainers containers;

    @BeforeEach
    void start() throws IOException {
        daemon = new FakeDaemon(directory.resolve("docker.sock"));
        containers = FakeContainers.in(daemon, "hello", 0);
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private ContainerExit run() throws InterruptedException {
        try (GuardedDocker guard = GuardedDocker.open(daemon.settings(directory))) {
            return guard.run(REQUEST, ContainerListener.NONE, cancellation);
        }
    }

    /** Even one that would not be let in: whoever cancelled it does not care. */
    @Test
    void oneThatIsCancelledBeforehandAsksForNothing() throws InterruptedException {
        daemon.hurt("GET /images/.*/json", Answers.error(404, "no such image"));
        cancellation.cancel();

        assertThat(run()).isInstanceOf(ContainerExit.Cancelled.class);
        assertThat(daemon.requests()).noneMatch(request -> request.contains("/images/"));
    }

    @Test
    void oneThatIsCancelledWhileItsImageIsLookedUpLooksForNothingMore() throws InterruptedException {
        daemon.on("GET /images/app:1/json", out -> {
            cancellation.cancel();
            Answers.json(200, "{\"Id\":\"sha256:1\",\"Size\":1,\"RepoTags\":[\"app:1\"]}")
                    .write(out);
        });

        assertThat(run()).isInstanceOf(ContainerExit.Cancelled.class);
        assertThat(daemon.requests()).noneMatch(request -> request.contains("/containers/"));
        assertThat(containers.created()).isEmpty();
    }
}
