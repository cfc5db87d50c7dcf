package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.docker.ConnectionSettings.Breaker;
import dev.longshore.docker.testing.Answers;
import dev.longshore.docker.testing.FakeContainers;
import dev.longshore.docker.testing.FakeDaemon;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 200 container runs on a fake daemon, each with another fault in one of its calls, with one guard throughout: every one ends in time
 * and says why, nothing is left on the daemon but what the guard names, and nothing is left in this process.
 */
class FakeRoundsTest {
    private static final int ROUNDS = 200;
    private static final long SEED = 4;
    private static final List<String> CALLS = List.of(
            "GET /images/image/json",
            "GET /info",
            "POST /containers/create",
            "POST /containers/[^/]+/attach",
            "POST /containers/[^/]+/start",
            "POST /containers/[^/]+/wait",
            "GET /containers/[^/]+/json",
            "DELETE /containers/[^/]+");

    @TempDir
    Path directory;

    private static FakeDaemon.Answer fault(int kind) {
        return switch (kind) {
            case 0 -> Answers.hanging();
            case 1 -> Answers.hangingAfterHeaders();
            case 2 -> Answers.raw("");
            case 3 -> Answers.half(200, "{");
            case 4 -> Answers.malformed();
            case 5 -> Answers.error(500, "something is wrong");
            case 6 -> Answers.error(502, "bad gateway");
            case 7 -> Answers.error(404, "no such thing");
            case 8 -> Answers.error(409, "in the way");
            case 9 -> Answers.late(Duration.ofSeconds(1), Answers.json(200, "{}"));
            case 10 -> Answers.json(200, "[]");
            default -> Answers.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
        };
    }

    @Test
    void everyRunEndsAndNothingIsLeft() throws Exception {
        Random random = new Random(SEED);
        Map<String, Integer> ends = new TreeMap<>();
        Leaks before = Leaks.now();
        try (FakeDaemon daemon = new FakeDaemon(directory.resolve("d.sock"));
                GuardedDocker guard = GuardedDocker.open(settings(daemon))) {
            FakeContainers containers = FakeContainers.in(daemon, "hello", 0);
            for (int round = 0; round < ROUNDS; round++) {
                String call = CALLS.get(random.nextInt(CALLS.size()));
                FakeDaemon.Answer fault = fault(random.nextInt(12));
                daemon.hurt(call, fault);
                long begin = System.nanoTime();
                String end = end(guard);
                assertThat(Duration.ofNanos(System.nanoTime() - begin))
                        .as("round %s: %s", round, call)
                        .isLessThan(Duration.ofMinutes(1));
                ends.merge(end, 1, Integer::sum);
                daemon.heal();
                assertThat(guard.awaitConnected(Duration.ofSeconds(30))).isTrue();
                assertThat(Waiting.until(Duration.ofSeconds(30), () -> tidied(guard)))
                        .isTrue();
                assertThat(containers.left()).as("round %s: %s", round, call).isEmpty();
            }
            assertThat(end(guard)).isEqualTo("Exited");
            assertThat(containers.created()).hasSizeGreaterThan(ROUNDS / 3);
            assertThat(Waiting.until(Duration.ofSeconds(30), () -> daemon.connections() == 0))
                    .as("connections left open")
                    .isTrue();
        }
        System.out.println("ends of " + ROUNDS + " rounds on the fake daemon: " + ends);
        Leaks.assertReleased(before);
    }

    private DockerSettings settings(FakeDaemon daemon) {
        return daemon.settings(directory)
                .withConnection(ConnectionSettings.standard()
                        .withCallTimeout(Duration.ofMillis(400))
                        .withProbeTimeout(Duration.ofMillis(400))
                        .withBreaker(new Breaker(1_000, Duration.ofSeconds(1))));
    }

    /** The daemon is well by then, but on a busy machine its answer may take longer than this guard waits. */
    private static boolean tidied(GuardedDocker guard) throws InterruptedException {
        try {
            guard.removeLeftovers(Owner.of("fake-test"));
            return true;
        } catch (DockerFailureException e) {
            assertThat(e.failure()).isInstanceOf(DockerFailure.Timeout.class);
            return false;
        }
    }

    private static String end(GuardedDocker guard) throws InterruptedException {
        try {
            return guard.run(
                            ContainerRequest.builder("image", "run", "step")
                                    .deadline(Duration.ofSeconds(2))
                                    .build(),
                            ContainerListener.NONE)
                    .getClass()
                    .getSimpleName();
        } catch (DockerFailureException e) {
            return e.failure().getClass().getSimpleName();
        }
    }
}
