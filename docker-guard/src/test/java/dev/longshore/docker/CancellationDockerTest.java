package dev.longshore.docker;

import static dev.longshore.docker.TestDaemon.shell;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Interrupts runs wherever they are: each must end with an InterruptedException and its container gone. */
@Tag("docker")
class CancellationDockerTest {
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

    /** A run on a thread of its own, so that it can be interrupted. */
    private static final class Running {
        final RecordingListener listener = new RecordingListener();
        final CompletableFuture<ContainerExit> result = new CompletableFuture<>();
        final Thread thread;

        Running(ContainerRequest request) {
            thread = new Thread(() -> {
                try {
                    result.complete(daemon.guard.run(request, listener));
                } catch (InterruptedException | RuntimeException e) {
                    result.completeExceptionally(e);
                }
            });
            thread.start();
        }

        Throwable awaitFailure() throws Exception {
            try {
                ContainerExit exit = result.get(20, TimeUnit.SECONDS);
                throw new AssertionError("it was not cancelled: " + exit);
            } catch (ExecutionException e) {
                return Objects.requireNonNull(e.getCause());
            }
        }
    }

    /** From before the first call to well into the run; a container's start takes a few hundred milliseconds. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2, 5, 10, 20, 40, 60, 80, 120, 160, 220, 300, 400})
    void anyPhaseCanBeInterrupted(int millis) throws Exception {
        Running running = new Running(shell("while :; do sleep 0.05; done").build());

        // At any time, on purpose: not when the guard gives a sign.
        TimeUnit.MILLISECONDS.sleep(millis);
        running.thread.interrupt();

        assertThat(running.awaitFailure())
                .isInstanceOf(InterruptedException.class)
                .hasNoSuppressedExceptions();
    }

    @Test
    void runningContainerIsStoppedWithGrace() throws Exception {
        Running running = new Running(shell("trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done")
                .build());

        running.listener.awaitFirstLine();
        running.thread.interrupt();

        assertThat(running.awaitFailure()).isInstanceOf(InterruptedException.class);
        assertThat(running.listener.stdout).containsExactly("up", "bye");
    }

    @Test
    void interruptsDuringTheCleaningUpDoNotStopIt() throws Exception {
        Running running = new Running(
                shell("trap '' TERM; echo up; while :; do sleep 1; done").build());

        running.listener.awaitFirstLine();
        while (running.thread.isAlive()) {
            running.thread.interrupt();
            running.thread.join(20);
        }

        assertThat(running.awaitFailure())
                .isInstanceOf(InterruptedException.class)
                .hasNoSuppressedExceptions();
    }

    @Test
    void leftoversOfTheOwnersRunAreRemovedAndNoOthers() throws Exception {
        String id = daemon.settings.owner().id();
        Running mine = new Running(ContainerRequest.builder(TestDaemon.IMAGE, "mine", "s")
                .command("sleep", "60")
                .build());
        Running other = new Running(ContainerRequest.builder(TestDaemon.IMAGE, "other", "s")
                .command("sleep", "60")
                .build());
        String mineName = mine.listener.awaitStarted();
        String otherName = other.listener.awaitStarted();

        assertThat(daemon.guard.removeLeftovers(Owner.of("somebody-else"))).isEmpty();
        assertThat(daemon.guard.removeLeftovers(Owner.of(id).ofRun("no-such-run")))
                .isEmpty();
        assertThat(daemon.guard.removeLeftovers(Owner.of(id).ofRun("mine"))).isEqualTo(List.of(mineName));

        assertThat(daemon.containers()).containsExactly(otherName);
        mine.result.get(20, TimeUnit.SECONDS);
        Thread.currentThread().interrupt();
        assertThat(daemon.guard.removeLeftovers(Owner.of(id))).isEqualTo(List.of(otherName));
        assertThat(Thread.interrupted()).isTrue();
        other.result.get(20, TimeUnit.SECONDS);
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
                Running running = new Running(shell("sleep 9").build());
                running.listener.awaitStarted();
                running.thread.interrupt();
                running.awaitFailure();
            }
        }
        Leaks.assertReleased(before);
    }
}
