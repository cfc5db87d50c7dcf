package dev.longshore.docker;

import static dev.longshore.docker.TestDaemon.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Hurts a private daemon, and sees the same guard report it in time and work again afterwards. */
@Tag("docker")
@Tag("dockerd")
@Tag("slow")
class DaemonFaultsDockerTest {
    private static Path directory;
    private static PrivateDaemon daemon;
    private GuardedDocker guard;

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

    @BeforeEach
    void open() throws InterruptedException {
        guard = GuardedDocker.open(
                daemon.settings().withCallTimeout(Duration.ofSeconds(4)).withProbeTimeout(Duration.ofSeconds(1)));
        guard.ping();
    }

    @AfterEach
    void worksAgain() throws InterruptedException {
        ContainerExit exit = guard.run(shell("exit 3").build(), ContainerListener.NONE);
        assertThat(exit)
                .isInstanceOfSatisfying(
                        ContainerExit.Exited.class, e -> assertThat(e.code()).isEqualTo(3));
        guard.removeLeftovers(Owner.of("private-test"));
        assertThat(guard.removeLeftovers(Owner.of("private-test"))).isEmpty();
        guard.close();
    }

    private DockerFailure pingFailure() throws InterruptedException {
        try {
            guard.ping();
            throw new AssertionError("the daemon answered");
        } catch (DockerFailureException e) {
            return e.failure();
        }
    }

    private InBackground<ContainerExit> running(ContainerRequest.Builder request) throws InterruptedException {
        RecordingListener listener = new RecordingListener();
        InBackground<ContainerExit> running = new InBackground<>(() -> guard.run(request.build(), listener));
        listener.awaitStarted();
        listener.awaitFirstLine();
        return running;
    }

    private static ContainerRequest.Builder endless() {
        return shell("echo up; while :; do sleep 0.1; done");
    }

    @Test
    void frozenDaemonIsATimeoutAndThawsAgain() throws Exception {
        daemon.freeze();
        try {
            assertThat(pingFailure()).isEqualTo(new DockerFailure.Timeout("ping", Duration.ofSeconds(1)));
        } finally {
            daemon.signal("CONT");
        }
        guard.ping();
    }

    @Test
    void daemonFrozenDuringARunDoesNotHoldTheDeadlineUp() throws Exception {
        InBackground<ContainerExit> result = running(endless().deadline(Duration.ofSeconds(2)));
        daemon.freeze();
        try {
            ContainerExit exit = result.await(Duration.ofSeconds(20));
            assertThat(exit).isInstanceOf(ContainerExit.DeadlineExceeded.class);
            assertThat(exit.summary().left()).isPresent();
        } finally {
            daemon.signal("CONT");
        }
    }

    @Test
    void killedDaemonLosesTheRunAndItsContainerIsFoundAgain() throws Exception {
        InBackground<ContainerExit> result = running(endless());

        daemon.signal("KILL");
        daemon.awaitEnd();
        ContainerExit exit = result.await(Duration.ofSeconds(20));

        assertThat(exit).isInstanceOf(ContainerExit.DaemonLost.class);
        DockerFailure.ContainerLeft left = exit.summary().left().orElseThrow();
        assertThat(left.owner()).isEqualTo(Owner.of("private-test").ofRun("run-1"));
        assertThat(pingFailure()).isInstanceOf(DockerFailure.ConnectionRefused.class);
        daemon.restart();
        assertThat(guard.removeLeftovers(left.owner())).containsExactly(left.container());
    }

    @Test
    void stoppedDaemonEndsTheRun() throws Exception {
        InBackground<ContainerExit> result = running(endless());

        daemon.signal("TERM");
        ContainerExit exit = result.await(Duration.ofSeconds(30));
        daemon.awaitEnd();

        // Which of the two depends on whether the daemon still answers after it has stopped the container.
        assertThat(exit).isInstanceOfAny(ContainerExit.DaemonLost.class, ContainerExit.Exited.class);
        assertThat(pingFailure()).isInstanceOf(DockerFailure.SocketAbsent.class);
        daemon.restart();
    }

    @Test
    void removedSocketIsAbsentUntilTheDaemonMakesItAnew() throws Exception {
        Files.delete(daemon.socket);

        assertThat(pingFailure()).isInstanceOf(DockerFailure.SocketAbsent.class);
        assertThatThrownBy(() -> guard.run(shell("true").build(), ContainerListener.NONE))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure()).isInstanceOf(DockerFailure.SocketAbsent.class));
        daemon.signal("TERM");
        daemon.awaitEnd();
        daemon.restart();
    }
}
