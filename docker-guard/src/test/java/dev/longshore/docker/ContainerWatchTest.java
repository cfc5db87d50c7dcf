package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.docker.testing.Answers;
import dev.longshore.docker.testing.FakeDaemon;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ContainerWatchTest {
    @TempDir
    Path directory;

    @Test
    void outputIsMeasuredWhileTheDaemonIsSlowToGiveFigures() throws Exception {
        Path out = Files.createDirectory(directory.resolve("out"));
        LinkedBlockingQueue<Ending> endings = new LinkedBlockingQueue<>();
        try (FakeDaemon fake = new FakeDaemon(directory.resolve("d.sock"));
                DaemonConnection daemon = FakeConnections.to(
                        fake, directory, settings -> settings.withProbeTimeout(Duration.ofSeconds(30)));
                ContainerWatch watch = new ContainerWatch(
                        new Containers(daemon, Subject.of(Owner.of("watch-test"))),
                        "c",
                        List.of(new Mount.OutputDirectory(out, "/out", 100, 10)),
                        new StatsRecorder(StatsThresholds.STANDARD, Limits.DEFAULT),
                        word -> true,
                        endings::add)) {
            fake.on("GET /containers/c/stats", Answers.hanging());
            watch.start();
            assertThat(Waiting.until(
                            Duration.ofSeconds(10),
                            () -> fake.requests().stream().anyMatch(request -> request.contains("/stats"))))
                    .isTrue();

            Files.writeString(out.resolve("large"), "x".repeat(101));

            assertThat(endings.poll(10, TimeUnit.SECONDS)).isInstanceOf(Ending.TooMuchOutput.class);
        }
    }
}
