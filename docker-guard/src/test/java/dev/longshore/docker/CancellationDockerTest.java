package dev.longshore.docker;

import static dev.longshore.docker.TestDaemon.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Interrupts and cancels runs wherever they are: each must say that it was ended so, and its container be gone. */
@Tag("docker")
class CancellationDockerTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private static TestDaemon daemon;

    @BeforeAll
    static void connect() throws InterruptedException {
        daemon = new TestDaemon("cancel-test-" + ProcessHandle.current().pid());
    }

    @AfterAll
    static void close() {
        daemon.close();
    }

    @AfterEach
    void nothingIsLeft() throws InterruptedException {
        daemon.assertNothingLeft();
    }

    private final RecordingListener listener = new RecordingListener();

    private InBackground<ContainerExit> running(ContainerRequest request) {
        return new InBackground<>(() -> daemon.guard.run(request, listener));
    }

    /** From before the first call to well into the run; a container's start takes a few hundred milliseconds. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2, 5, 10, 20, 40, 60, 80, 120, 160, 220, 300, 400})
    void anyPhaseCanBeInterrupted(int millis) throws Exception {
        InBackground<ContainerExit> running =
                running(shell("while :; do sleep 0.05; done").build());

        // At any time, on purpose: not when the guard gives a sign.
        TimeUnit.MILLISECONDS.sleep(millis);
        running.thread.interrupt();

        assertThat(running.awaitFailure(DEADLINE))
                .isInstanceOf(InterruptedException.class)
                .hasNoSuppressedExceptions();
    }

    private InBackground<ContainerExit> running(ContainerRequest request, Cancellation cancellation) {
        return new InBackground<>(() -> daemon.guard.run(request, listener, cancellation));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 5, 10, 20, 40, 60, 80, 120, 160, 220, 300, 400})
    void anyPhaseCanBeCancelled(int millis) throws Exception {
        Cancellation cancellation = new Cancellation();
        InBackground<ContainerExit> running =
                running(shell("while :; do sleep 0.05; done").build(), cancellation);

        // At any time, on purpose: not when the guard gives a sign.
        TimeUnit.MILLISECONDS.sleep(millis);
        cancellation.cancel();

        ContainerExit exit = running.await(DEADLINE);
        assertThat(exit).isInstanceOf(ContainerExit.Cancelled.class);
        assertThat(exit.summary().left()).isEmpty();
    }

    @Test
    void cancelledContainerIsStoppedWithGraceAndItsRunTold() throws Exception {
        Cancellation cancellation = new Cancellation();
        InBackground<ContainerExit> running = running(
                shell("trap 'echo bye; echo why >&2; exit 0' TERM; echo up; while :; do sleep 0.05; done")
                        .build(),
                cancellation);

        listener.awaitFirstLine();
        cancellation.cancel();

        ContainerExit exit = running.await(DEADLINE);
        assertThat(exit).isInstanceOf(ContainerExit.Cancelled.class);
        assertThat(listener.stdout).containsExactly("up", "bye");
        assertThat(exit.summary().stderrTail()).containsExactly("why");
        assertThat(exit.summary().duration()).isPositive();
    }

    @Test
    void aContainerThatHeedsNoSignalIsKilledWhenItIsCancelled() throws Exception {
        Cancellation cancellation = new Cancellation();
        InBackground<ContainerExit> running = running(
                shell("trap '' TERM; echo up; while :; do sleep 1; done").build(), cancellation);

        listener.awaitFirstLine();
        cancellation.cancel();

        assertThat(running.await(DEADLINE)).isInstanceOf(ContainerExit.Cancelled.class);
    }

    @Test
    void whatIsCancelledBeforeItBeginsIsNeverMade() throws Exception {
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();

        ContainerExit exit = daemon.guard.run(shell("echo up").build(), listener, cancellation);

        assertThat(exit).isInstanceOf(ContainerExit.Cancelled.class);
        assertThat(exit.summary().duration()).isZero();
        assertThat(listener.stdout).isEmpty();
    }

    @Test
    void cancellingAfterTheEndChangesNothing() throws Exception {
        Cancellation cancellation = new Cancellation();

        ContainerExit exit = daemon.guard.run(shell("exit 3").build(), listener, cancellation);
        cancellation.cancel();

        assertThat(exit)
                .isInstanceOfSatisfying(
                        ContainerExit.Exited.class,
                        exited -> assertThat(exited.code()).isEqualTo(3));
    }

    @Test
    void runningContainerIsStoppedWithGrace() throws Exception {
        InBackground<ContainerExit> running =
                running(shell("trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done")
                        .build());

        listener.awaitFirstLine();
        running.thread.interrupt();

        assertThat(running.awaitFailure(DEADLINE)).isInstanceOf(InterruptedException.class);
        assertThat(listener.stdout).containsExactly("up", "bye");
    }

    @Test
    void interruptsDuringTheCleaningUpDoNotStopIt() throws Exception {
        InBackground<ContainerExit> running = running(
                shell("trap '' TERM; echo up; while :; do sleep 1; done").build());

        listener.awaitFirstLine();
        while (running.thread.isAlive()) {
            running.thread.interrupt();
            running.thread.join(20);
        }

        assertThat(running.awaitFailure(DEADLINE))
                .isInstanceOf(InterruptedException.class)
                .hasNoSuppressedExceptions();
    }

    private static InBackground<ContainerExit> running(String run, RecordingListener listener) {
        ContainerRequest request = ContainerRequest.builder(TestDaemon.IMAGE, run, "s")
                .command("sleep", "60")
                .build();
        return new InBackground<>(() -> daemon.guard.run(request, listener));
    }

    @Test
    void leftoversOfTheOwnersRunAreRemovedAndNoOthers() throws Exception {
        String id = daemon.settings.owner().id();
        RecordingListener mineListener = new RecordingListener();
        InBackground<ContainerExit> mine = running("mine", mineListener);
        RecordingListener otherListener = new RecordingListener();
        InBackground<ContainerExit> other = running("other", otherListener);
        String mineName = mineListener.awaitStarted();
        String otherName = otherListener.awaitStarted();

        assertThatThrownBy(() -> daemon.guard.removeLeftovers(Owner.of("somebody-else")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(daemon.guard.removeLeftovers(Owner.of(id).ofRun("no-such-run")))
                .isEmpty();
        assertThat(daemon.guard.removeLeftovers(Owner.of(id).ofRun("mine"))).isEqualTo(List.of(mineName));

        assertThat(daemon.containers()).containsExactly(otherName);
        mine.await(DEADLINE);
        Thread.currentThread().interrupt();
        assertThat(daemon.guard.removeLeftovers(Owner.of(id))).isEqualTo(List.of(otherName));
        assertThat(Thread.interrupted()).isTrue();
        other.await(DEADLINE);
    }

    /** Containers inherit their image's labels, so labels alone do not make a container ours. */
    @Test
    void containerThatOnlyInheritedOurLabelsIsNotOurs() throws Exception {
        String id = daemon.settings.owner().id();
        var body = DaemonConnection.JSON.createObjectNode();
        body.put("Image", TestDaemon.IMAGE).putArray("Cmd").add("true");
        body.putObject("Labels").put(Owner.OWNER_LABEL, id);
        String name = "somebody-elses-" + ProcessHandle.current().pid();
        daemon.call(Call.post("create", "/containers/create?name=" + name, body, daemon.settings.callTimeout()));
        try {
            assertThat(daemon.guard.removeLeftovers(Owner.of(id))).isEmpty();
            assertThat(daemon.inspect(name).path("Name").asText()).isEqualTo("/" + name);
        } finally {
            daemon.call(Call.delete("remove", "/containers/" + name + "?force=true", daemon.settings.callTimeout()));
        }
    }

    @Test
    void roundsOfEveryKindLeaveNoThreadAndNoDescriptor() throws Exception {
        Leaks before = Leaks.now();
        try (TestDaemon own = new TestDaemon(daemon.settings)) {
            for (int round = 0; round < 8; round++) {
                own.guard.run(shell("echo x").build(), ContainerListener.NONE);
                own.guard.run(shell("sleep 9").deadline(Duration.ofMillis(50)).build(), ContainerListener.NONE);
                InBackground<ContainerExit> running = running(shell("sleep 9").build());
                listener.awaitStarted();
                running.thread.interrupt();
                running.awaitFailure(DEADLINE);
            }
        }
        Leaks.assertReleased(before);
    }
}
