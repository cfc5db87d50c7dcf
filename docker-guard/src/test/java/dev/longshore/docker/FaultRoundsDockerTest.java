package dev.longshore.docker;

import static dev.longshore.docker.TestDaemon.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Hurts a private daemon in the middle of a container's run, again and again, with one guard throughout: it is back within two seconds of
 * the daemon's return, and nothing is left behind. {@code -Dlongshore.test.rounds=200} makes 200 rounds of it.
 */
@Tag("docker")
@Tag("dockerd")
@Tag("slow")
class FaultRoundsDockerTest {
    private static final int ROUNDS = Integer.getInteger("longshore.test.rounds", 8);
    private static final Duration RECOVERY = Duration.ofSeconds(2);

    private static Path directory;

    private static PrivateDaemon daemon;

    private final Map<Fault, List<Duration>> recoveries = new EnumMap<>(Fault.class);
    private final Map<String, Integer> ends = new TreeMap<>();
    private final Map<String, Integer> failures = new ConcurrentHashMap<>();

    /** What is done to the daemon. The socket's group and a full disk have tests of their own. */
    private enum Fault {
        STOPPED {
            @Override
            void hurt() throws IOException, InterruptedException {
                daemon.signal("TERM");
                daemon.awaitEnd();
            }

            @Override
            void heal() throws IOException {
                daemon.startAgain();
            }
        },
        FROZEN {
            @Override
            void hurt() throws IOException, InterruptedException {
                daemon.freeze();
            }

            @Override
            void heal() throws IOException, InterruptedException {
                daemon.signal("CONT");
            }
        },
        KILLED {
            @Override
            void hurt() throws IOException, InterruptedException {
                daemon.signal("KILL");
                daemon.awaitEnd();
            }

            @Override
            void heal() throws IOException {
                daemon.startAgain();
            }
        },
        SOCKET_REMOVED {
            @Override
            void hurt() throws IOException {
                Files.delete(daemon.socket);
            }

            @Override
            void heal() throws IOException, InterruptedException {
                daemon.signal("TERM");
                daemon.awaitEnd();
                daemon.startAgain();
            }
        };

        abstract void hurt() throws IOException, InterruptedException;

        abstract void heal() throws IOException, InterruptedException;
    }

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        assumeTrue(ProcessIdentity.current().uid() == 0, "only root can start a private daemon");
        directory = Files.createTempDirectory("longshore-dockerd-");
        daemon = new PrivateDaemon(directory);
        try (TestDaemon source = new TestDaemon("copy")) {
            source.copyImageTo(daemon);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        if (daemon != null) {
            daemon.stop();
        }
    }

    @Test
    void guardIsBackWithinTwoSecondsAndNothingIsLeft() throws Exception {
        Leaks before = Leaks.now();
        try (GuardedDocker guard = GuardedDocker.open(daemon.settings()
                        .withConnection(ConnectionSettings.standard()
                                .withCallTimeout(Duration.ofSeconds(4))
                                .withProbeTimeout(Duration.ofSeconds(1))));
                Callers callers = new Callers(guard, failures)) {
            for (int round = 0; round < ROUNDS; round++) {
                Fault fault = Fault.values()[round % Fault.values().length];
                round(guard, fault, round);
            }
            assertThat(callers.answered()).as("calls beside the runs").isPositive();
            assertThat(guard.removeLeftovers(Owner.of("private-test"))).isEmpty();
        }
        report();
        assertThat(failures).as("a failure nobody foresaw").doesNotContainKey("DOCKER_UNKNOWN");
        Leaks.assertReleased(before);
    }

    private void round(GuardedDocker guard, Fault fault, int round) throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        InBackground<ContainerExit> run =
                new InBackground<>(() -> guard.run(shell("sleep 600").build(), new ContainerListener() {
                    @Override
                    public void started(String container) {
                        started.countDown();
                    }
                }));
        assertThat(started.await(20, TimeUnit.SECONDS))
                .as("round %s began", round)
                .isTrue();

        fault.hurt();
        assertThat(awaitAway(guard)).as("round %s: %s is noticed", round, fault).isTrue();
        fault.heal();
        daemon.awaitReady();
        long back = System.nanoTime();
        assertThat(guard.awaitConnected(Duration.ofSeconds(20)))
                .as("round %s: connected again after %s", round, fault)
                .isTrue();
        Duration recovery = Duration.ofNanos(System.nanoTime() - back);
        assertThat(recovery).as("round %s: %s", round, fault).isLessThan(RECOVERY);
        recoveries.computeIfAbsent(fault, unused -> new ArrayList<>()).add(recovery);

        run.thread.interrupt(); // if it outlived the fault
        ends.merge(fault + ": " + end(run), 1, Integer::sum);
        guard.removeLeftovers(Owner.of("private-test"));
        assertThat(guard.removeLeftovers(Owner.of("private-test"))).isEmpty();
        assertThat(guard.run(shell("exit 3").build(), ContainerListener.NONE))
                .isInstanceOfSatisfying(
                        ContainerExit.Exited.class,
                        exit -> assertThat(exit.code()).isEqualTo(3));
    }

    /** A frozen daemon is away once the probe has waited for it in vain. */
    private static boolean awaitAway(GuardedDocker guard) throws IOException, InterruptedException {
        return Waiting.until(
                Duration.ofSeconds(15), () -> !guard.status().state().reachable());
    }

    private static String end(InBackground<ContainerExit> run) throws Exception {
        try {
            return run.await(Duration.ofSeconds(40)).getClass().getSimpleName();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            return cause instanceof DockerFailureException failure
                    ? failure.failure().getClass().getSimpleName()
                    : String.valueOf(cause).replaceFirst(":.*", "");
        }
    }

    private void report() {
        System.out.println("rounds on a private daemon: " + ROUNDS + "; ends of the runs: " + ends
                + "; failures of the calls beside them: " + new TreeMap<>(failures));
        recoveries.forEach((fault, times) -> {
            Collections.sort(times);
            System.out.println("  " + fault + ": back after the daemon's first answer in "
                    + times.get(times.size() / 2).toMillis() + " ms (median), "
                    + times.get(times.size() - 1).toMillis() + " ms (longest), " + times.size() + " rounds");
        });
    }

    /** Calls the daemon all the while, as other users of the same guard do. */
    private static final class Callers implements AutoCloseable {
        private final AtomicBoolean open = new AtomicBoolean(true);
        private final List<InBackground<Integer>> callers = new ArrayList<>();
        private int answered;

        Callers(GuardedDocker guard, Map<String, Integer> failures) {
            for (int i = 0; i < 2; i++) {
                callers.add(new InBackground<>(() -> call(guard, failures)));
            }
        }

        private int call(GuardedDocker guard, Map<String, Integer> failures) throws InterruptedException {
            int answers = 0;
            while (open.get()) {
                try {
                    guard.image(TestDaemon.IMAGE);
                    answers++;
                } catch (DockerFailureException e) {
                    failures.merge(e.failure().code(), 1, Integer::sum);
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
            return answers;
        }

        int answered() throws Exception {
            open.set(false);
            for (InBackground<Integer> caller : callers) {
                answered += caller.await(Duration.ofSeconds(30));
            }
            return answered;
        }

        @Override
        public void close() {
            open.set(false);
        }
    }
}
