package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.docker.policy.GuardPolicy;
import dev.longshore.docker.policy.PolicyFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process is killed; another takes over what it ran. */
@Tag("docker")
class TakeoverDockerTest {
    private static final Duration DEADLINE = Duration.ofSeconds(40);
    private static final String INPUTS = "the same";
    private static final String ONE_AT_A_TIME = """
            version: 1
            images: [ { repository: "**", pin: none } ]
            binds: { read: [ / ], write: [ / ] }
            quotas: { worker: { containers: 1 } }
            """;

    @TempDir
    Path directory;

    private DirectoryLeases leases;
    private TestDaemon daemon;
    private Path out;

    @BeforeEach
    void connect() throws Exception {
        out = outputs("first");
        leases = DirectoryLeases.take(directory);
        daemon = new TestDaemon(
                DockerSettings.of("takeover-test-" + ProcessHandle.current().pid())
                        .withLeases(leases)
                        .withStopGrace(Duration.ofSeconds(1)));
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        List<String> left = daemon.guard.removeLeftovers(daemon.settings.owner());
        daemon.close();
        leases.close();
        assertThat(left).isEmpty();
    }

    private Path outputs(String name) throws Exception {
        Path path = Files.createDirectory(directory.resolve(name));
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    private OtherJvm other(String script, Optional<String> inputs) throws Exception {
        return OtherJvm.running(daemon.settings.owner().id(), directory, "r", script, inputs, out);
    }

    /** The container waits for the file until it goes on: so the test knows what happened before and after. */
    private static String script() {
        return "echo before; echo note >&2; while [ ! -e /out/go ]; do sleep 0.05; done; echo after; echo made > /out/made; exit 7";
    }

    @Test
    @Tag("engines")
    void runningContainerIsTakenOverWithAllItsOutput() throws Exception {
        String name;
        try (OtherJvm other = other(script(), Optional.of(INPUTS))) {
            name = other.container();
            assertThat(other.word()).isEqualTo("before");
            other.kill();
        }
        RecordingListener listener = new RecordingListener();
        Path elsewhere = outputs("second");

        InBackground<ContainerExit> run = new InBackground<>(
                () -> daemon.guard.run(OtherJvm.request("r", script(), elsewhere), new Takeover(INPUTS), listener));
        String taken = listener.awaitLine("before");
        assertThat(ContainerName.claimant(taken)).contains(leases.own());
        assertThat(taken).startsWith(name);
        // Its first process is dead, but it has a live one now.
        assertThat(daemon.guard.reap(Duration.ZERO, false).removed()).isEmpty();
        Files.createFile(out.resolve("go"));
        ContainerExit exit = run.await(DEADLINE);

        assertThat(exit)
                .isInstanceOfSatisfying(
                        ContainerExit.Exited.class, e -> assertThat(e.code()).isEqualTo(7));
        assertThat(listener.stdout).containsExactly("before", "after");
        assertThat(exit.summary().stderrTail()).containsExactly("note");
        assertThat(exit.summary().takenOver()).isTrue();
        assertThat(exit.summary().mounts())
                .extracting(mount -> ((Mount.OfHost) mount).host())
                .containsExactly(out.toRealPath());
        assertThat(out.resolve("made")).hasContent("made");
        assertThat(elsewhere).isEmptyDirectory();
    }

    /** What is full now has room later: what the container has done by then is not to be lost. */
    @Test
    void runningContainerIsLeftAloneWhileItsQuotaIsFull() throws Exception {
        String name;
        try (OtherJvm other = other(script(), Optional.of(INPUTS))) {
            name = other.container();
            other.kill();
        }
        ContainerRequest request = OtherJvm.request("r", script(), outputs("second"));
        GuardPolicy one = PolicyFile.parse("test", ONE_AT_A_TIME, Map.of());
        RecordingListener working = new RecordingListener();
        InBackground<ContainerExit> inTheWay = new InBackground<>(
                () -> daemon.guard.run(TestDaemon.shell("echo up; sleep 30").build(), working));
        working.awaitFirstLine();
        try (GuardedDocker guard = GuardedDocker.open(daemon.settings.withPolicy(one))) {
            assertThatThrownBy(() -> guard.run(request, new Takeover(INPUTS), ContainerListener.NONE))
                    .isInstanceOfSatisfying(
                            DockerFailureException.class,
                            e -> assertThat(e.failure()).isInstanceOf(DockerFailure.QuotaExceeded.class));

            assertThat(daemon.inspect(name).path("State").path("Running").asBoolean())
                    .as("the container runs on, under its own name")
                    .isTrue();
            assertThat(daemon.containers()).hasSize(2);

            inTheWay.thread.interrupt();
            inTheWay.awaitFailure(DEADLINE);
            Files.createFile(out.resolve("go"));
            ContainerExit exit = guard.run(request, new Takeover(INPUTS), new RecordingListener());

            assertThat(exit.summary().takenOver()).isTrue();
            assertThat(exit)
                    .isInstanceOfSatisfying(
                            ContainerExit.Exited.class,
                            e -> assertThat(e.code()).isEqualTo(7));
        }
    }

    @Test
    void containerThatEndedMeanwhileIsReadOutAndNotRunAgain() throws Exception {
        String name;
        try (OtherJvm other = other(script(), Optional.of(INPUTS))) {
            name = other.container();
            other.kill();
        }
        Files.createFile(out.resolve("go"));
        assertThat(Waiting.until(
                        DEADLINE,
                        () -> !daemon.inspect(name)
                                .path("State")
                                .path("Running")
                                .asBoolean()))
                .isTrue();
        RecordingListener listener = new RecordingListener();

        ContainerExit exit =
                daemon.guard.run(OtherJvm.request("r", script(), outputs("second")), new Takeover(INPUTS), listener);

        assertThat(exit)
                .isInstanceOfSatisfying(
                        ContainerExit.Exited.class, e -> assertThat(e.code()).isEqualTo(7));
        assertThat(listener.stdout).containsExactly("before", "after");
        assertThat(exit.summary().takenOver()).isTrue();
    }

    /** So does one look that went down with the host: what it had done is not known. */
    @Test
    void containerThatASignalEndedIsRunAnew() throws Exception {
        String name;
        try (OtherJvm other = other(script(), Optional.of(INPUTS))) {
            name = other.container();
            other.kill();
        }
        daemon.tryCall(Call.post("kill", "/containers/" + name + "/kill?signal=KILL", null, DEADLINE));
        assertThat(Waiting.until(DEADLINE, () -> exited(name))).isTrue();
        Path second = outputs("second");
        Files.createFile(second.resolve("go"));

        ContainerExit exit = daemon.guard.run(
                OtherJvm.request("r", script(), second), new Takeover(INPUTS), new RecordingListener());

        assertThat(exit)
                .isInstanceOfSatisfying(
                        ContainerExit.Exited.class, e -> assertThat(e.code()).isEqualTo(7));
        assertThat(exit.summary().takenOver()).isFalse();
    }

    private boolean exited(String name) throws InterruptedException {
        return daemon.inspect(name).path("State").path("Status").asText().equals("exited");
    }

    @Test
    void containerThatEndedInTimeIsNotLateForBeingHeardLate() throws Exception {
        Duration deadline = Duration.ofSeconds(3);
        String name;
        try (OtherJvm other = other("echo done; exit 7", Optional.of(INPUTS))) {
            name = other.container();
            other.kill();
        }
        assertThat(Waiting.until(DEADLINE, () -> exited(name))).isTrue();
        Instant started = OffsetDateTime.parse(
                        daemon.inspect(name).path("State").path("StartedAt").asText())
                .toInstant();
        assertThat(Waiting.until(DEADLINE, () -> Instant.now().isAfter(started.plus(deadline))))
                .isTrue();

        ContainerExit exit = daemon.guard.run(
                within(OtherJvm.request("r", "echo done; exit 7", out), deadline),
                new Takeover(INPUTS),
                ContainerListener.NONE);

        assertThat(exit)
                .isInstanceOfSatisfying(
                        ContainerExit.Exited.class, e -> assertThat(e.code()).isEqualTo(7));
        assertThat(exit.summary().takenOver()).isTrue();
        assertThat(exit.summary().duration()).isLessThan(deadline);
    }

    @Test
    void containerOfAnotherRequestIsRemovedAndItsStepRunAnew() throws Exception {
        try (OtherJvm other = other("sleep 50", Optional.of(INPUTS))) {
            other.container();
            other.kill();
        }

        ContainerExit exit = daemon.guard.run(
                OtherJvm.request("r", "echo anew", out), new Takeover("other inputs"), new RecordingListener());

        assertThat(exit.summary().takenOver()).isFalse();
        daemon.assertNothingLeft();
    }

    @Test
    void withoutTermsTheOldContainerIsRemovedFirst() throws Exception {
        String old;
        try (OtherJvm other = other("sleep 50", Optional.of(INPUTS))) {
            old = other.container();
            other.kill();
        }

        ContainerExit exit = daemon.guard.run(OtherJvm.request("r", "echo done", out), new RecordingListener());

        assertThat(exit).isInstanceOf(ContainerExit.Exited.class);
        assertThat(exit.summary().container()).isNotEqualTo(old);
        daemon.assertNothingLeft();
    }

    @Test
    void containerOfALiveProcessIsLeftAlone() throws Exception {
        try (OtherJvm other = other("sleep 50", Optional.of(INPUTS))) {
            String name = other.container();

            ContainerExit exit = daemon.guard.run(
                    OtherJvm.request("r", "echo mine", out), new Takeover(INPUTS), new RecordingListener());

            assertThat(exit.summary().takenOver()).isFalse();
            assertThat(daemon.containers()).containsExactly(name);
            other.kill();
            assertThat(daemon.guard.reap(Duration.ZERO, false).removed()).hasSize(1);
        }
    }

    /** Two that want the same one: one gets it, the other runs its own. */
    @Test
    void onlyOneTakesAContainerOver() throws Exception {
        try (OtherJvm other = other(script(), Optional.of(INPUTS))) {
            other.container();
            other.kill();
        }
        Path second = outputs("second");
        Path third = outputs("third");
        for (Path path : List.of(out, second, third)) {
            Files.createFile(path.resolve("go"));
        }
        RecordingListener listener = new RecordingListener();
        InBackground<ContainerExit> one = new InBackground<>(
                () -> daemon.guard.run(OtherJvm.request("r", script(), second), new Takeover(INPUTS), listener));
        InBackground<ContainerExit> two = new InBackground<>(
                () -> daemon.guard.run(OtherJvm.request("r", script(), third), new Takeover(INPUTS), listener));

        List<Boolean> takenOver = List.of(
                one.await(DEADLINE).summary().takenOver(),
                two.await(DEADLINE).summary().takenOver());

        assertThat(takenOver).containsExactlyInAnyOrder(true, false);
    }

    /** The time that passed before counts: a container does not live longer for changing hands. */
    @Test
    void deadlineCountsFromTheFirstStart() throws Exception {
        try (OtherJvm other = other("sleep 50", Optional.of(INPUTS))) {
            other.container();
            other.kill();
        }
        ContainerRequest late = within(OtherJvm.request("r", "sleep 50", out), Duration.ofMillis(1));

        ContainerExit exit = daemon.guard.run(late, new Takeover(INPUTS), ContainerListener.NONE);

        assertThat(exit).isInstanceOf(ContainerExit.DeadlineExceeded.class);
        assertThat(exit.summary().takenOver()).isTrue();
    }

    @Test
    void outputThatIsKeptCanBeReadBesides() throws Exception {
        try (OtherJvm other = other("echo one; echo two >&2; sleep 50", Optional.of(INPUTS))) {
            String name = other.container();
            assertThat(other.word()).isEqualTo("one");
            RecordingListener listener = new RecordingListener();
            assertThat(Waiting.until(DEADLINE, () -> {
                        listener.stderr.clear();
                        listener.stdout.clear();
                        daemon.guard.logs(name, DEADLINE, listener);
                        return listener.stderr.contains("two");
                    }))
                    .isTrue();
            assertThat(listener.stdout).containsExactly("one");
            other.kill();
        }
        assertThat(daemon.guard.reap(Duration.ZERO, false).removed()).hasSize(1);
    }

    private static ContainerRequest within(ContainerRequest first, Duration deadline) {
        return new ContainerRequest(
                first.image(),
                first.run(),
                first.step(),
                first.entrypoint(),
                first.command(),
                first.environment(),
                first.mounts(),
                first.askedLimits(),
                first.user(),
                first.network(),
                first.workingDirectory(),
                deadline,
                Optional.empty());
    }
}
