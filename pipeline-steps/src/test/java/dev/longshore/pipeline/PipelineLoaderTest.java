package dev.longshore.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.step.ContainerLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PipelineLoaderTest {
    private final PipelineLoader loader =
            new PipelineLoader(new StepTypes(List.of(new SampleStep("plain", false), new SampleStep("boxed", true))));

    @Test
    void readsEveryKey() {
        Pipeline pipeline = loader.parse("p.yaml", """
                name: all-keys
                steps:
                  first: {type: plain, timeout: 1h 30m}
                  second:
                    type: boxed
                    after: [first]
                    docker: optional
                    timeout: 90s
                    retry: {attempts: 4, backoff: 15s}
                    limits: {memory: 512MiB, cpus: 1.5, pids: 64}
                    options: {ignore: [a, b], limit: 1KiB, deep: false}
                """);

        assertThat(pipeline.name()).isEqualTo("all-keys");
        assertThat(pipeline.step("first").timeout()).isEqualTo(Duration.ofMinutes(90));
        StepSpec second = pipeline.step("second");
        assertThat(second.after()).containsExactly("first");
        assertThat(second.docker()).isEqualTo(DockerNeed.OPTIONAL);
        assertThat(second.timeout()).isEqualTo(Duration.ofSeconds(90));
        assertThat(second.retry()).isEqualTo(new StepSpec.Retry(4, Duration.ofSeconds(15)));
        assertThat(second.limits()).isEqualTo(new ContainerLimits(512L << 20, 1.5, 64));
        assertThat(second.options().texts("ignore")).containsExactly("a", "b");
        assertThat(second.options().number("limit")).isEqualTo(1024);
        assertThat(second.options().flag("deep")).isFalse();
    }

    @Test
    void givesStandardValuesToWhatIsNotSaid() {
        StepSpec plain = loader.parse("p.yaml", "steps: {plain: }").step("plain");

        assertThat(plain.type()).isEqualTo("plain");
        assertThat(plain.docker()).isEqualTo(DockerNeed.NONE);
        assertThat(plain.timeout()).isEqualTo(Duration.ofMinutes(30));
        assertThat(plain.retry()).isEqualTo(new StepSpec.Retry(3, Duration.ofSeconds(10)));
        assertThat(plain.limits()).isEqualTo(ContainerLimits.DEFAULT);
        assertThat(plain.options().number("limit")).isEqualTo(10L << 20);
        assertThat(loader.parse("p.yaml", "steps: {boxed: }").step("boxed").docker())
                .isEqualTo(DockerNeed.REQUIRED);
    }

    @Test
    void putsStepsAfterWhatTheyComeAfter() {
        Pipeline pipeline = loader.parse("p.yaml", """
                steps:
                  c: {type: plain, after: b}
                  b: {type: plain, after: a}
                  a: {type: plain}
                """);

        assertThat(pipeline.stepNames()).containsExactly("a", "b", "c");
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of("", List.of("p.yaml: the file is empty")),
                Arguments.of("steps: [", List.of("p.yaml:1: not YAML: ")),
                Arguments.of("- a\n", List.of("p.yaml:1: the pipeline must be a mapping (key: value)")),
                Arguments.of("name: x\n", List.of("p.yaml:1: the pipeline: has no steps")),
                Arguments.of("steps: {}\n", List.of("p.yaml:1: steps: there must be at least one")),
                Arguments.of("name: a b\nsteps: {plain: }\n", List.of("p.yaml:1: the pipeline: name may have")),
                Arguments.of("setps: {}\nsteps: {plain: }\n", List.of("p.yaml:1: the pipeline: unknown key setps")),
                Arguments.of("steps:\n  plain:\n  plain:\n", List.of("p.yaml:3: steps has plain twice")),
                Arguments.of(
                        "steps:\n  other:\n",
                        List.of("p.yaml:2: step other: unknown step type other; known are boxed, plain")),
                Arguments.of(
                        "steps:\n  plain:\n    afetr: x\n",
                        List.of("p.yaml:3: step plain: unknown key afetr; known are type, after")),
                Arguments.of(
                        "steps:\n  plain:\n    after: gone\n",
                        List.of("p.yaml:3: step plain: after names gone, which is no step")),
                Arguments.of(
                        "steps:\n  plain:\n    after: {a: b}\n",
                        List.of("p.yaml:3: step plain: after must be a step's name or a list of them")),
                Arguments.of(
                        "steps:\n  plain:\n    docker: perhaps\n",
                        List.of("p.yaml:3: step plain: docker must be required, optional or none")),
                Arguments.of(
                        "steps:\n  plain:\n    docker: required\n",
                        List.of("p.yaml:3: step plain: docker is required, but a step of type plain uses no Docker")),
                Arguments.of(
                        "steps:\n  boxed:\n    docker: none\n",
                        List.of("p.yaml:3: step boxed: docker is none, but a step of type boxed runs in a container")),
                Arguments.of(
                        "steps:\n  plain:\n    timeout: 10\n",
                        List.of("p.yaml:3: step plain: timeout must be a duration")),
                Arguments.of(
                        "steps:\n  plain:\n    timeout: 8d\n",
                        List.of("p.yaml:3: step plain: timeout must be a duration")),
                Arguments.of(
                        "steps:\n  plain:\n    retry: {attempts: 0}\n",
                        List.of("p.yaml:3: step plain, retry: attempts must be a whole number from 1")),
                Arguments.of(
                        "steps:\n  plain:\n    retry: 3\n", List.of("p.yaml:3: step plain, retry must be a mapping")),
                Arguments.of(
                        "steps:\n  plain:\n    limits: {memory: lots, cpus: 0, pids: 1, disk: 1}\n",
                        List.of(
                                "p.yaml:3: step plain, limits: memory must be a size",
                                "p.yaml:3: step plain, limits: cpus must be a number",
                                "p.yaml:3: step plain, limits: pids must be a whole number",
                                "p.yaml:3: step plain, limits: unknown key disk")),
                Arguments.of(
                        "steps:\n  plain:\n    options: {limt: 3, deep: 7, ignore: [1]}\n",
                        List.of(
                                "p.yaml:3: step plain, options: unknown option limt; known are ignore, limit, deep",
                                "p.yaml:3: step plain, options: option deep must be true or false",
                                "p.yaml:3: step plain, options: option ignore must be a text or a list of texts")),
                Arguments.of(
                        "steps:\n  a: {type: plain, after: c}\n  b: {type: plain, after: a}\n  c: {type: plain, after: b}\n",
                        List.of("p.yaml:2: steps go round in a circle: a after c after b after a")),
                Arguments.of(
                        "steps:\n  a: {type: plain, after: a}\n",
                        List.of("p.yaml:2: steps go round in a circle: a after a")),
                Arguments.of(
                        "steps:\n  ../x: {type: plain}\n", List.of("p.yaml:2: step ../x: a name may have letters")));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void namesEveryFaultWithItsLine(String yaml, List<String> expected) {
        assertThatThrownBy(() -> loader.parse("p.yaml", yaml))
                .isInstanceOfSatisfying(InvalidPipelineException.class, e -> {
                    List<String> lines = String.valueOf(e.getMessage()).lines().toList();
                    assertThat(lines).hasSameSizeAs(expected);
                    for (int i = 0; i < expected.size(); i++) {
                        assertThat(lines.get(i)).startsWith(expected.get(i));
                    }
                });
    }

    @Test
    void tellsAllFaultsOfAFileAtOnceInTheirOrder() {
        assertThatThrownBy(() -> loader.parse("p.yaml", """
                        nmae: typo
                        steps:
                          plain: {timeout: soon}
                          other: {after: nowhere}
                        """))
                .isInstanceOfSatisfying(
                        InvalidPipelineException.class,
                        e -> assertThat(e.problems())
                                .extracting(PipelineProblem::line)
                                .containsExactly(1, 3, 4, 4));
    }

    static Stream<Arguments> optionFaults() {
        return Stream.of(
                Arguments.of(
                        "steps:\n  x:\n    type: container\n",
                        "p.yaml:3: step x: option image: a step of type container needs an image"),
                Arguments.of(
                        "steps:\n  x:\n    type: container\n    options:\n      command: ls\n",
                        "p.yaml:5: step x, options: option image: a step of type container needs an image"),
                Arguments.of(
                        "steps:\n  x:\n    type: container\n    options:\n      command: ls\n      image: Bad Ref\n",
                        "p.yaml:6: step x, options: option image: \"Bad Ref\" is no image reference"),
                Arguments.of(
                        "steps:\n  x:\n    type: container\n    options:\n      image: 7\n",
                        "p.yaml:5: step x, options: option image must be text"),
                Arguments.of(
                        "steps:\n  x:\n    type: container\n    options:\n      image: a\n      env: novalue\n",
                        "p.yaml:6: step x, options: option env: \"novalue\" is not of the form name=value"),
                Arguments.of(
                        "steps:\n  x:\n    type: container\n    options:\n      image: a\n      env: [A=1, B-C=2]\n",
                        "p.yaml:6: step x, options: option env: not a name for an environment variable: \"B-C\""),
                Arguments.of(
                        "steps:\n  x:\n    type: container\n    options:\n      image: a\n      env: [\"A=1\\0\"]\n",
                        "p.yaml:6: step x, options: option env: the value of A contains a NUL"),
                Arguments.of(
                        "steps:\n  x:\n    type: container\n    options:\n      image: a\n      command: [\"\\0\"]\n",
                        "p.yaml:6: step x, options: option command: the command contains a NUL"),
                Arguments.of(
                        "steps:\n  x:\n    type: container\n    options:\n      image: a\n      with: [b=1, b=2]\n",
                        "p.yaml:6: step x, options: option with: b is there twice"),
                Arguments.of(
                        "steps:\n  x:\n    type: container\n    options:\n      image: a\n      maxLineBytes: 1\n",
                        "p.yaml:6: step x, options: option maxLineBytes: must be from 1024 to 1073741824, not 1"),
                Arguments.of(
                        "steps:\n  blarify:\n    options:\n      image: a b\n",
                        "p.yaml:4: step blarify, options: option image: \"a b\" is no image reference"),
                Arguments.of(
                        "steps:\n  blarify:\n    options: {maxNodes: 0}\n",
                        "p.yaml:3: step blarify, options: option maxNodes: must be from 1 to"));
    }

    /** With the very steps that ship, since it is they who say what their options need. */
    @ParameterizedTest
    @MethodSource("optionFaults")
    void whatAStepsOptionsNeedIsToldWithItsLine(String yaml, String expected) {
        assertThatThrownBy(() -> new PipelineLoader(StepTypes.onClassPath()).parse("p.yaml", yaml))
                .isInstanceOfSatisfying(
                        InvalidPipelineException.class,
                        e -> assertThat(String.valueOf(e.getMessage()).lines())
                                .singleElement()
                                .asString()
                                .startsWith(expected));
    }

    @Test
    void refusesAFileThatIsNoPipelineByItsSize(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("big.yaml"), "#".repeat((1 << 20) + 1));

        assertThatThrownBy(() -> loader.load(file)).hasMessageContaining("longer than 1 MiB");
    }

    @Test
    void takesSomeStepsOfAPipeline() {
        Pipeline all = loader.parse("p.yaml", """
                steps:
                  a: {type: plain}
                  b: {type: boxed, after: a, docker: optional}
                  c: {type: plain, after: b}
                """);

        assertThat(all.only(Set.of("a")).stepNames()).containsExactly("a");
        // b needs Docker, which a machine may lack: c goes without it, and still comes after a.
        assertThat(all.only(Set.of("a", "c")).step("c").after()).containsExactly("a");
        assertThatThrownBy(() -> all.only(Set.of("c")))
                .hasMessageContaining("step c comes after a: name that one too, or leave both out");
        assertThatThrownBy(() -> all.only(Set.of("a", "d"))).hasMessageContaining("no step d in pipeline");
    }
}
