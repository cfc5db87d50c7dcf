package dev.longshore.container;

import static dev.longshore.container.StepBench.BUSYBOX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.docker.DockerFailure;
import dev.longshore.docker.DockerFailureException;
import dev.longshore.docker.DockerSettings;
import dev.longshore.graph.EdgeType;
import dev.longshore.graph.Label;
import dev.longshore.graph.Node;
import dev.longshore.graph.NodeIds;
import dev.longshore.step.ContainerLimits;
import dev.longshore.step.EarlierGraph;
import dev.longshore.step.Progress;
import dev.longshore.step.StepFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The step of type {@code container} on a real daemon, with images that behave and images that do not. */
@Tag("docker")
@Timeout(120)
class ContainerStepDockerTest {
    private static final NodeIds IDS = new NodeIds("example.org/fixture");

    @TempDir
    Path directory;

    private StepBench bench;

    @BeforeEach
    void open() throws Exception {
        bench = new StepBench(directory);
        bench.files("a.py", "src/b.py");
    }

    @AfterEach
    void nothingIsLeftBehind() throws Exception {
        assertThat(bench.leftovers()).as("containers left behind").isEmpty();
        bench.close();
    }

    private static Map<String, Object> shell(String script) {
        return Map.of("image", BUSYBOX, "command", List.of("sh", "-c", script));
    }

    private static Map<String, Object> shell(String script, Map<String, Object> more) {
        Map<String, Object> options = new TreeMap<>(shell(script));
        options.putAll(more);
        return options;
    }

    private StepFailure failure(String script) throws Exception {
        return bench.failure(new ContainerStep(), shell(script));
    }

    @Test
    void whatTheImageWritesBecomesPartOfTheGraph() throws Exception {
        StepBench.Result result = bench.run(new ContainerStep(), shell("""
                        printf '%s\\n' '{"id":"f","labels":["File"],"properties":{"path":"a.py"}}' \
                          '{"id":"g","labels":["Function"],"properties":{"path":"a.py","qualifiedName":"g"}}' > /out/nodes.jsonl
                        printf '%s\\n' '{"source":"f","target":"g","type":"DEFINES","properties":{}}' > /out/edges.jsonl
                        echo '{"functions":1}' > /out/counts.json
                        """));
        assertThat(result.nodes())
                .extracting(Node::id)
                .containsExactly(IDS.ofDefinition(Label.FUNCTION, "a.py", "g", 1));
        assertThat(result.edges()).extracting(edge -> edge.type()).containsExactly(EdgeType.DEFINES);
        assertThat(result.counts()).isEqualTo(Map.of("functions", 1L));
    }

    @Test
    void theImageSeesTheContractsMountsAndNothingElse() throws Exception {
        Files.writeString(bench.workspace.resolve("not-in-the-graph"), "x");
        StepBench.Result result = bench.run(
                new ContainerStep(),
                shell("""
                        set -eu
                        test "$(cat /workspace/src/b.py)" = 'content of src/b.py'
                        test "$(tr '\\0' '\\n' < /in/files | sort | tr '\\n' ' ')" = 'a.py src/b.py '
                        test "$(cat /in/step.json)" = '{"step":"step","repository":"fixture","options":{"depth":"3","of":"a=b"}}'
                        test "$COLOUR" = 'blue green'
                        test "$HOME" = /tmp
                        : > /tmp/scratch
                        test "$(id -u)" != 0
                        for place in /workspace/new /in/new /new; do
                          if ( : > "$place" ) 2>/dev/null; then echo "may write $place" >&2; exit 1; fi
                        done
                        test "$(ls /sys/class/net)" = lo
                        : > /out/nodes.jsonl; : > /out/edges.jsonl
                        """, Map.of("with", List.of("depth=3", "of=a=b"), "env", List.of("COLOUR=blue green"))));
        assertThat(result.counts()).isEmpty();
    }

    @Test
    void withoutAListingStepThereIsNoListOfFiles() throws Exception {
        bench.earlier = new EarlierGraph(List.of());
        bench.run(new ContainerStep(), shell("test ! -e /in/files && : > /out/nodes.jsonl && : > /out/edges.jsonl"));
    }

    @Test
    void progressIsPassedOn() throws Exception {
        AtomicLong total = new AtomicLong();
        AtomicLong done = new AtomicLong();
        AtomicReference<String> message = new AtomicReference<>("");
        bench.progress = new Progress() {
            @Override
            public void total(long units) {
                total.set(units);
            }

            @Override
            public void advance(long units) {
                done.addAndGet(units);
            }

            @Override
            public void message(String text) {
                message.set(text);
            }
        };
        bench.run(new ContainerStep(), shell("""
                        echo '{"progress":{"done":2,"total":5,"message":"half way"}}'; echo 'just a line'
                        : > /out/nodes.jsonl; : > /out/edges.jsonl
                        """));
        assertThat(total).hasValue(5);
        assertThat(done).hasValue(2);
        assertThat(message).hasValue("half way");
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
            `echo '{"id":' > /out/nodes.jsonl; : > /out/edges.jsonl`          | nodes.jsonl:1: not JSON
            `echo '{"id":"x","labels":["File"],"properties":{"path":"/etc/passwd"}}' > /out/nodes.jsonl`  | nodes.jsonl:1: an absolute path "/etc/passwd"
            `echo '{"id":"x","labels":["File"],"properties":{"path":"../x"}}' > /out/nodes.jsonl` | nodes.jsonl:1: a path with a segment ..
            `echo '{"id":"x","labels":["Person"],"properties":{}}' > /out/nodes.jsonl` | nodes.jsonl:1: unknown label "Person"
            `: > /out/nodes.jsonl; echo '{"source":"a","target":"b","type":"CALLS"}' > /out/edges.jsonl` | edges.jsonl:1: source "a" is no id
            `ln -s /etc/passwd /out/nodes.jsonl`                              | nodes.jsonl: is a symbolic link
            `ln -s /in/step.json /out/nodes.jsonl`                            | nodes.jsonl: is a symbolic link
            `: > /out/nodes.jsonl; mkfifo /out/edges.jsonl`                   | edges.jsonl: is a pipe, socket or device
            `mkdir /out/nodes.jsonl`                                          | nodes.jsonl: is a directory
            `true`                                                            | nodes.jsonl: the image did not write it
            `dd if=/dev/zero of=/out/nodes.jsonl bs=1M count=16 2>/dev/null`   | nodes.jsonl:1: longer than 8388608 bytes
            """, delimiter = '|')
    void hostileOutputFailsTheStep(String script, String place) throws Exception {
        StepFailure failure = failure(script);
        assertThat(failure).isInstanceOf(StepFailure.InvalidOutput.class);
        assertThat(failure.message()).startsWith(place);
        assertThat(failure.retryable()).isFalse();
    }

    @Test
    void aTenGigabyteLineFillsNoDisk() throws Exception {
        StepFailure failure = bench.failure(
                new ContainerStep(),
                shell(
                        "tr '\\0' x < /dev/zero | head -c 10737418240 > /out/nodes.jsonl",
                        Map.of("maxOutputBytes", "64MiB")));
        assertThat(failure.code()).isEqualTo("CONTAINER_FAILED");
        assertThat(failure.retryable()).isFalse();
        try (var attempts = Files.walk(directory)) {
            long largest = attempts.filter(path -> path.endsWith("nodes.jsonl"))
                    .mapToLong(path -> path.toFile().length())
                    .max()
                    .orElse(0);
            // The kernel's bound on one file is that of /tmp, 256 MiB, or of /out, whichever is larger.
            assertThat(largest).isBetween(1L, 300L << 20);
        }
    }

    @Test
    void aSparseTenGigabyteFileIsRefusedToo() throws Exception {
        StepFailure failure =
                failure("dd if=/dev/zero of=/out/nodes.jsonl bs=1 count=1 seek=10G && : > /out/edges.jsonl");
        assertThat(failure.message()).endsWith(" wrote a file larger than it may");
        assertThat(failure.fix()).contains("maxOutputBytes");
        assertThat(failure.retryable()).isFalse();
    }

    @Test
    void manySmallFilesAreBoundedAsWell() throws Exception {
        StepFailure failure = failure("i=0; while true; do i=$((i+1)); : > /out/f$i; done");
        assertThat(failure.message())
                .contains("wrote to /out what it may not and was stopped: it holds more than 10000 files");
        assertThat(failure.fix()).contains("maxOutputBytes of the step step");
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
            `echo progress; echo 'no such option: x' >&2; exit 2` | ended with exit code 2: no such option: x       | false
            `printf 'a\\033[2Jb\\nlast\\033]0;title\\007\\n\\n' >&2; exit 1` | ended with exit code 1: last ]0;title | false
            `echo 'only on stdout'; exit 3`                       | ended with exit code 3: only on stdout          | false
            `exit 4`                                              | ended with exit code 4 and gave no reason       | false
            `echo busy >&2; exit 75`                              | ended with exit code 75: busy                   | true
            `kill -KILL $$`                                       | was ended by signal 9 and gave no reason        | true
            `kill -SEGV $$`                                       | was ended by signal 11 and gave no reason       | false
            """)
    void anExitCodeFailsTheStepWithTheLastWord(String script, String message, boolean retryable) throws Exception {
        StepFailure failure = failure(script);
        assertThat(failure.message()).isEqualTo(BUSYBOX + " " + message);
        assertThat(failure.retryable()).isEqualTo(retryable);
    }

    @Test
    void outOfMemorySaysWhatToRaise() throws Exception {
        bench.limits = new ContainerLimits(16L << 20, 1.0, 64);
        StepFailure failure = failure("tail /dev/zero");
        assertThat(failure.message()).isEqualTo(BUSYBOX + " needed more memory than its limit of 16 MiB");
        assertThat(failure.fix()).isEqualTo("Raise limits.memory of the step step in the pipeline.");
        assertThat(failure.retryable()).isFalse();
    }

    @Test
    void aSilentContainerIsStopped() throws Exception {
        StepFailure failure = bench.failure(new ContainerStep(), shell("sleep 60", Map.of("inactivity", "2s")));
        assertThat(failure.message()).isEqualTo(BUSYBOX + " wrote no line for 2.0 s and was stopped");
        assertThat(failure.fix()).contains("raise the option inactivity of the step step");
    }

    @Test
    void aContainerThatTalksOnIsNotSilentButLate() throws Exception {
        bench.timeout = Duration.ofSeconds(4);
        StepFailure failure = bench.failure(
                new ContainerStep(), shell("while sleep 1; do echo still here; done", Map.of("inactivity", "3s")));
        assertThat(failure).isEqualTo(new StepFailure.TimedOut(Duration.ofSeconds(4)));
    }

    @Test
    void aMissingImageSaysHowToGetIt() throws Exception {
        StepFailure failure = bench.failure(new ContainerStep(), Map.of("image", "example.invalid/no/such:1"));
        assertThat(failure)
                .isEqualTo(new StepFailure.ImageMissing(
                        "example.invalid/no/such:1", "docker pull example.invalid/no/such:1"));
    }

    @Test
    void optionsThatMakeNoSenseAreNamed() throws Exception {
        ContainerStep step = new ContainerStep();
        assertThat(bench.failure(step, Map.of()).message())
                .isEqualTo("option image: a step of type container needs an image");
        assertThat(bench.failure(step, Map.of("image", "Not An Image")).message())
                .startsWith("option image: ");
        assertThat(bench.failure(step, shell("true", Map.of("env", List.of("no-equals"))))
                        .message())
                .isEqualTo("option env: \"no-equals\" is not of the form name=value");
        assertThat(bench.failure(step, shell("true", Map.of("env", List.of("A-B=1"))))
                        .message())
                .startsWith("option env: not a name for an environment variable");
        assertThat(bench.failure(step, shell("true", Map.of("maxLineBytes", "10B")))
                        .message())
                .isEqualTo("option maxLineBytes: must be from 1024 to 1073741824, not 10");
    }

    @Test
    void interruptingTheStepRemovesTheContainer() throws Exception {
        CountDownLatch working = new CountDownLatch(1);
        bench.progress = new Progress() {
            @Override
            public void total(long units) {}

            @Override
            public void advance(long units) {}

            @Override
            public void message(String text) {
                working.countDown();
            }
        };
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread step = new Thread(() -> {
            try {
                bench.run(new ContainerStep(), shell("echo '{\"progress\":{\"message\":\"on it\"}}'; sleep 60"));
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        step.start();
        assertThat(working.await(30, TimeUnit.SECONDS)).isTrue();
        step.interrupt();
        step.join(TimeUnit.SECONDS.toMillis(30));
        assertThat(step.isAlive()).isFalse();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(bench.leftovers()).isEmpty();
    }

    @Test
    void aDaemonThatIsNotThereIsADockerFailure() throws Exception {
        try (StepBench away = new StepBench(
                Files.createDirectory(directory.resolve("away")),
                DockerSettings.of("nobody").withDockerHost("unix://" + directory.resolve("no.sock")))) {
            StepFailure failure = away.failure(new ContainerStep(), shell("true"));
            assertThat(failure).isInstanceOf(StepFailure.Docker.class);
            assertThat(failure.retryable()).isTrue();
            assertThatThrownBy(() -> away.docker().ping())
                    .extracting(e -> ((DockerFailureException) e).failure())
                    .isInstanceOf(DockerFailure.SocketAbsent.class);
        }
    }

    @Test
    void theUserIsNeverRoot() throws Exception {
        int uid = (Integer) Files.getAttribute(bench.workspace, "unix:uid");
        Optional<String> expected = uid == 0 ? Optional.of("65532:65532") : Optional.empty();
        bench.run(
                new ContainerStep(),
                shell("test \"$(id -u):$(id -g)\" "
                        + expected.map(user -> "= " + user).orElse("!= 0:0")
                        + " && : > /out/nodes.jsonl && : > /out/edges.jsonl"));
    }
}
