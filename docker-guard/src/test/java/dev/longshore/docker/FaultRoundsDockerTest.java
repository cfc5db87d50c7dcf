package dev.longshore.docker;

import static dev.longshore.docker.TestDaemon.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Hurts a private daemon in the middle of a container's run, again and again, with one guard of root's and one of another user's
 * throughout: they are back within two seconds of the daemon's return, and nothing is left behind. {@code -Dlongshore.test.rounds=200}
 * makes 200 rounds of it.
 */
@Tag("docker")
@Tag("dockerd")
@Tag("slow")
class FaultRoundsDockerTest {
    /** A daemon that is silent is asked soon; one that is busy may take its time for a call. */
    static final ConnectionSettings CONNECTION = ConnectionSettings.standard()
            .withCallTimeout(Duration.ofSeconds(20))
            .withProbeTimeout(Duration.ofSeconds(1))
            .withHealthCheckInterval(Duration.ofSeconds(3));

    private static final int ROUNDS = Integer.getInteger("longshore.test.rounds", Fault.values().length);
    /** Far from the 2 s that are aimed at, which the figures that are printed tell of: machines are busy. */
    private static final Duration RECOVERY = Duration.ofSeconds(20);
    /** More than that is a failure that its own message should tell of, not a test that hangs. */
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static final int GROUP = 54321;
    private static final int STRANGERS = 54322;

    private static Path directory;
    private static PrivateDaemon daemon;
    private static SmallDisk disk;
    private static Outsider outsider;

    private final Map<Fault, List<Duration>> recoveries = new EnumMap<>(Fault.class);
    private final Map<String, Integer> ends = new TreeMap<>();

    /** What is done to the daemon, and how that shows. */
    private enum Fault {
        STOPPED {
            @Override
            void hurt() throws IOException, InterruptedException {
                daemon.signal("TERM");
                daemon.awaitEnd();
            }

            @Override
            void heal() throws IOException, InterruptedException {
                daemon.restart();
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
                daemon.awaitReady();
            }
        },
        KILLED {
            @Override
            void hurt() throws IOException, InterruptedException {
                daemon.signal("KILL");
                daemon.awaitEnd();
            }

            @Override
            void heal() throws IOException, InterruptedException {
                daemon.restart();
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
                daemon.restart();
            }
        },
        /** Root's guard, whom no mode stops, goes on through it; it is the other user's that is cut off. */
        GROUP_CHANGED {
            @Override
            void hurt() throws IOException {
                Files.setAttribute(daemon.socket, "unix:gid", STRANGERS);
            }

            @Override
            void assertNoticed(GuardedDocker guard) throws InterruptedException {
                Outsider.Told told = outsider.await(
                        "cut off",
                        PATIENCE,
                        now -> now.state() == ConnectionState.OPEN && now.code().equals("DOCKER_PERMISSION_DENIED"));
                assertThat(told.fix()).containsPattern("(getent group|--group-add) " + STRANGERS + "\\b");
            }

            @Override
            void heal() throws IOException {
                Files.setAttribute(daemon.socket, "unix:gid", GROUP);
            }

            @Override
            Duration awaitBack(GuardedDocker guard) throws InterruptedException {
                long begin = System.nanoTime();
                outsider.await("let in again", PATIENCE, now -> now.state().reachable());
                return since(begin);
            }
        },
        /** The daemon answers throughout; it is new containers that it cannot make. */
        DISK_FULL {
            @Override
            void hurt() throws IOException {
                disk.fill();
            }

            @Override
            void assertNoticed(GuardedDocker guard) {
                assertThatThrownBy(() -> guard.run(shell("true").build(), ContainerListener.NONE))
                        .isInstanceOfSatisfying(DockerFailureException.class, e -> {
                            assertThat(e.failure()).isInstanceOf(DockerFailure.DaemonError.class);
                            assertThat(e.failure().message()).contains("no space left on device");
                            assertThat(e.failure().fix()).contains("docker system df");
                            assertThat(e.failure().retryable()).isTrue();
                            assertThat(e.failure().publicMessage()).doesNotContain("/data/");
                        });
                assertThat(guard.status().state()).isEqualTo(ConnectionState.DEGRADED);
            }

            @Override
            void heal() throws IOException {
                disk.empty();
            }

            /** The daemon takes what it could not before; how long a container needs from there is not the guard's affair. */
            @Override
            Duration awaitBack(GuardedDocker guard) throws Exception {
                long begin = System.nanoTime();
                InBackground<ContainerExit> run =
                        new InBackground<>(() -> guard.run(shell("true").build(), ContainerListener.NONE));
                assertThat(Waiting.until(PATIENCE, () -> guard.status().state() == ConnectionState.CONNECTED))
                        .as("a container is made again")
                        .isTrue();
                Duration back = since(begin);
                assertThat(run.await(PATIENCE)).isInstanceOf(ContainerExit.Exited.class);
                return back;
            }
        };

        abstract void hurt() throws IOException, InterruptedException;

        /** A frozen daemon is away once the probe has waited for it in vain. */
        void assertNoticed(GuardedDocker guard) throws IOException, InterruptedException {
            assertThat(Waiting.until(PATIENCE, () -> !guard.status().state().reachable()))
                    .as("noticed")
                    .isTrue();
        }

        /** Returns once the daemon could be used again. */
        abstract void heal() throws IOException, InterruptedException;

        /** How long the guard needs from there. */
        Duration awaitBack(GuardedDocker guard) throws Exception {
            long begin = System.nanoTime();
            assertThat(guard.awaitConnected(PATIENCE)).as("connected again").isTrue();
            return since(begin);
        }
    }

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        assumeTrue(ProcessIdentity.current().uid() == 0, "only root can start a private daemon, on a disk of its own");
        directory = Files.createTempDirectory("longshore-dockerd-");
        OtherUser nobody = new OtherUser(directory);
        disk = new SmallDisk(Files.createDirectory(directory.resolve("data")));
        daemon = new PrivateDaemon(directory, List.of("--group=" + GROUP));
        try (TestDaemon source = new TestDaemon("copy")) {
            source.copyImageTo(daemon);
        }
        outsider = new Outsider(nobody, daemon, GROUP);
        outsider.await("started", PATIENCE, now -> now.state().reachable());
    }

    /** Whatever of it {@link #start} came to. */
    @AfterAll
    static void stop() throws Exception {
        if (outsider != null) {
            outsider.close();
        }
        if (daemon != null) {
            daemon.stop();
        } else if (directory != null) {
            PrivateDaemon.remove(directory);
        }
    }

    @Test
    void guardIsBackWithinTwoSecondsAndNothingIsLeft() throws Exception {
        Leaks before = Leaks.now();
        String met;
        try (GuardedDocker guard = GuardedDocker.open(daemon.settings().withConnection(CONNECTION));
                Callers callers = new Callers(guard)) {
            for (int round = 0; round < ROUNDS; round++) {
                round(guard, Fault.values()[round % Fault.values().length], round);
            }
            assertThat(callers.answered()).as("calls beside the runs").isPositive();
            assertThat(guard.removeLeftovers(Owner.of("private-test"))).isEmpty();
            assertThat(callers.failures()).as("a failure nobody foresaw").doesNotContainKey("DOCKER_UNKNOWN");
            met = "failures " + callers.failures();
        }
        report("root's callers: " + met + "; the outsider's: " + outsider.end());
        Leaks.assertReleased(before);
    }

    private void round(GuardedDocker guard, Fault fault, int round) throws Exception {
        RecordingListener listener = new RecordingListener();
        InBackground<ContainerExit> run =
                new InBackground<>(() -> guard.run(shell("sleep 600").build(), listener));
        listener.awaitStarted();

        Duration recovery;
        try {
            fault.hurt();
            fault.assertNoticed(guard);
            fault.heal();
            recovery = fault.awaitBack(guard);
        } catch (AssertionError e) {
            throw new AssertionError("round " + round + ", " + fault + ": " + e.getMessage(), e);
        }
        assertThat(recovery).as("round %s: %s", round, fault).isLessThan(RECOVERY);
        System.out.println("round " + round + ": " + fault + ", back in " + recovery.toMillis() + " ms");
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

    private static Duration since(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private static String end(InBackground<ContainerExit> run) throws Exception {
        try {
            return run.await(PATIENCE).getClass().getSimpleName();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            return cause instanceof DockerFailureException failure
                    ? failure.failure().getClass().getSimpleName()
                    : String.valueOf(cause).replaceFirst(":.*", "");
        }
    }

    private void report(String calls) {
        System.out.println("rounds on a private daemon: " + ROUNDS + "; ends of the runs: " + ends + "; " + calls);
        recoveries.forEach((fault, times) -> {
            Collections.sort(times);
            System.out.println("  " + fault + ": back after the daemon in "
                    + times.get(times.size() / 2).toMillis() + " ms (median), "
                    + times.get(times.size() - 1).toMillis() + " ms (longest), " + times.size() + " rounds");
        });
    }
}
