package dev.longshore.docker;

import static dev.longshore.docker.TestDaemon.shell;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Containers that write more than anybody asked for, to their streams and to their output directory. */
@Tag("docker")
class FloodsDockerTest {
    private static final Duration LISTENER_PAUSE = Duration.ofSeconds(6);

    private static TestDaemon daemon;

    @TempDir
    Path out;

    @BeforeAll
    static void connect() throws InterruptedException {
        daemon = new TestDaemon("floods-test-" + ProcessHandle.current().pid());
    }

    @AfterAll
    static void close() {
        daemon.close();
    }

    @BeforeEach
    void letTheContainerWrite() throws Exception {
        Files.setPosixFilePermissions(out, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    @AfterEach
    void nothingIsLeft() throws InterruptedException {
        daemon.assertNothingLeft();
    }

    @Test
    void logFloodNeitherFillsTheHeapNorStallsTheDeadline() throws InterruptedException {
        AtomicLong lines = new AtomicLong();
        long begin = System.nanoTime();

        ContainerExit exit = daemon.guard.run(
                shell("yes 'a line of the flood' & yes 'another of the other stream' >&2")
                        .deadline(Duration.ofSeconds(2))
                        .build(),
                new ContainerListener() {
                    @Override
                    public void stdout(String line) {
                        lines.incrementAndGet();
                    }
                });

        assertThat(exit).isInstanceOf(ContainerExit.DeadlineExceeded.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMinutes(1));
        assertThat(lines.get()).isGreaterThan(10_000);
        assertThat(exit.summary().stderrTail()).hasSizeLessThanOrEqualTo(RunSummary.TAIL_LINES);
    }

    @Test
    void lineWithoutEndIsCutAndTheNextOnesArriveWhole() throws InterruptedException {
        RecordingListener listener = new RecordingListener();

        ContainerExit exit = daemon.guard.run(
                shell("head -c 100000000 /dev/zero | tr '\\\\0' x; echo; echo next")
                        .build(),
                listener);

        assertThat(exit).isInstanceOf(ContainerExit.Exited.class);
        assertThat(listener.stdout).hasSize(2);
        assertThat(listener.stdout.get(0))
                .hasSize(ContainerListener.MAX_LINE_BYTES + ContainerListener.TRUNCATED.length())
                .endsWith(ContainerListener.TRUNCATED);
        assertThat(listener.stdout.get(1)).isEqualTo("next");
    }

    @Test
    void slowListenerHoldsTheContainerUpAndLosesNothing() throws InterruptedException {
        AtomicLong bytes = new AtomicLong();

        ContainerExit exit = daemon.guard.run(
                shell("i=0; while [ $i -lt 200 ]; do head -c 20000 /dev/zero; echo; i=$((i+1)); done")
                        .inactivityTimeout(LISTENER_PAUSE.dividedBy(3))
                        .build(),
                new ContainerListener() {
                    @Override
                    public void stdout(String line) {
                        bytes.addAndGet(line.getBytes(StandardCharsets.UTF_8).length);
                        if (bytes.get() == 20000) {
                            pause();
                        }
                    }
                });

        assertThat(exit).isInstanceOf(ContainerExit.Exited.class);
        assertThat(bytes.get()).isEqualTo(200 * 20000);
    }

    @Test
    void listenerThatNeverReturnsDoesNotHoldTheDeadlineUp() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        long begin = System.nanoTime();

        ContainerExit exit =
                daemon.guard.run(shell("yes").deadline(Duration.ofSeconds(1)).build(), new ContainerListener() {
                    @Override
                    public void stdout(String line) {
                        try {
                            never.await();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                });

        assertThat(exit).isInstanceOf(ContainerExit.DeadlineExceeded.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void listenerThatIsStillBusyAfterTheEndHearsItAll() throws InterruptedException {
        List<String> lines = new ArrayList<>();

        ContainerExit exit = daemon.guard.run(shell("seq 1 2000").build(), new ContainerListener() {
            @Override
            public void stdout(String line) {
                lines.add(line);
                if (lines.size() == 1) {
                    pause();
                }
            }
        });

        assertThat(exit).isInstanceOf(ContainerExit.Exited.class);
        assertThat(lines).hasSize(2000).last().isEqualTo("2000");
    }

    private static void pause() {
        try {
            // As a listener that is slow: until long after the container's end, which the guard tells only later.
            TimeUnit.NANOSECONDS.sleep(LISTENER_PAUSE.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    one file at once    | head -c 5000000 /dev/zero > /out/f; echo $?; sleep 20
                    one file, then gone | head -c 5000000 /dev/zero > /out/f
                    by truncation       | truncate -s 5000000 /out/f; truncate -s 1048577 /out/f; sleep 20
                    many large files    | i=0; while :; do head -c 500000 /dev/zero > /out/$i; i=$((i+1)); sleep 0.05; done
                    many small files    | i=0; while :; do : > /out/$i; i=$((i+1)); done
                    many directories    | i=0; while :; do mkdir /out/$i; i=$((i+1)); done
                    deep directories    | cd /out; i=0; while [ $i -lt 100 ]; do mkdir d; cd d; i=$((i+1)); done; sleep 20
                    """)
    void outputDirectoryIsBounded(String what, String script) throws Exception {
        Path resolved = out.toRealPath();
        ContainerExit exit = daemon.guard.run(
                shell(script)
                        .mount(new Mount.OutputDirectory(out, "/out", 1 << 20, 200))
                        .deadline(Duration.ofSeconds(15))
                        .build(),
                ContainerListener.NONE);

        assertThat(exit)
                .as(what)
                .isInstanceOfSatisfying(
                        ContainerExit.OutputLimitExceeded.class,
                        e -> assertThat(e.directory()).isEqualTo(resolved));
        try (Stream<Path> files = Files.list(out)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.size(file)).isLessThanOrEqualTo((1 << 20) + 1);
            }
        }
    }

    @Test
    void outputOfExactlyTheBoundIsAllowed() throws InterruptedException {
        ContainerExit exit = daemon.guard.run(
                shell("head -c 1048576 /dev/zero > /out/f")
                        .mount(new Mount.OutputDirectory(out, "/out", 1 << 20, 1))
                        .build(),
                ContainerListener.NONE);

        assertThat(exit)
                .isInstanceOfSatisfying(
                        ContainerExit.Exited.class, e -> assertThat(e.code()).isZero());
    }
}
