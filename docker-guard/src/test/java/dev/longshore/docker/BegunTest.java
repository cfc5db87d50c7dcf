package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.docker.testing.Answers;
import dev.longshore.docker.testing.FakeContainers;
import dev.longshore.docker.testing.FakeDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What began and came to grief is told from what was never begun. */
class BegunTest {
    @TempDir
    Path directory;

    private FakeDaemon daemon;
    private FakeContainers containers;
    private ContainerRequest request;

    @BeforeEach
    void start() throws IOException {
        daemon = new FakeDaemon(directory.resolve("docker.sock"));
        containers = FakeContainers.in(daemon, "hello", 0);
        Path source = Files.createDirectory(directory.resolve("source"));
        request = ContainerRequest.builder("app:1", "run-1", "step")
                .mount(new Mount.ReadOnlyBind(source, "/workspace"))
                .build();
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private GuardedDocker guard() {
        return GuardedDocker.open(daemon.settings(directory).withHostPaths(HostPathMode.SAME));
    }

    /** As a refusal of the whole run it would say that nothing had been done yet. */
    @Test
    void aContainerThatCannotBeLookedAtOnceItRunsHasBegun() throws InterruptedException {
        daemon.hurt("GET /containers/[^/]+/json", Answers.error(429, "slow down", Duration.ofSeconds(1)));
        try (GuardedDocker guard = guard()) {
            ContainerExit exit = guard.run(request, ContainerListener.NONE);

            assertThat(exit)
                    .isInstanceOfSatisfying(
                            ContainerExit.DaemonLost.class,
                            lost -> assertThat(lost.failure()).isInstanceOf(DockerFailure.RateLimited.class));
        }
        assertThat(containers.created()).hasSize(1);
        assertThat(containers.left()).isEmpty();
    }
}
