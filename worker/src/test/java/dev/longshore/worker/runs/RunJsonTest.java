package dev.longshore.worker.runs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.graph.PartSummary;
import dev.longshore.pipeline.DockerNeed;
import dev.longshore.pipeline.Pipeline;
import dev.longshore.pipeline.PipelineLoader;
import dev.longshore.pipeline.StepSpec;
import dev.longshore.pipeline.StepTypes;
import dev.longshore.run.DockerMode;
import dev.longshore.run.Run;
import dev.longshore.run.RunId;
import dev.longshore.run.RunSpec;
import dev.longshore.run.StepRun;
import dev.longshore.source.Repository;
import dev.longshore.source.Source;
import dev.longshore.step.ContainerLimits;
import dev.longshore.step.StepFailure;
import dev.longshore.step.StepOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RunJsonTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00.123456789Z");
    private static final Source GIT =
            new Source.Git("https://token:secret@example.org/a/b.git", Optional.of("v1.0"), Optional.of("renamed"));

    private static Run queued(Source source, Pipeline pipeline) {
        return Run.queued(new RunSpec(
                new RunId("r-01m3k2v9q4f8x2b7"), source, pipeline, DockerMode.REQUIRED, Path.of("/out/é"), NOW));
    }

    private static StepSpec step(String name, Map<String, Object> options, String... after) {
        return new StepSpec(
                name,
                "type-of-" + name,
                Set.of(after),
                DockerNeed.OPTIONAL,
                Duration.ofMillis(90_500),
                new StepSpec.Retry(4, Duration.ofSeconds(3)),
                new ContainerLimits(1L << 33, 1.5, 99),
                new StepOptions(options));
    }

    private static Run again(Run run) {
        return RunJson.read(RunJson.write(run));
    }

    @Test
    void theStandardPipelineComesBackAsItWas() {
        Run run = queued(
                new Source.Directory(Path.of("/src/x"), Optional.empty()),
                new PipelineLoader(StepTypes.onClassPath()).standard());

        assertThat(again(run)).isEqualTo(run);
    }

    @Test
    void everyKindOfOptionComesBackAsItWas() {
        Run run = queued(
                GIT,
                new Pipeline(
                        "p",
                        List.of(step(
                                "a",
                                Map.of(
                                        "flag",
                                        true,
                                        "count",
                                        7L,
                                        "large",
                                        1L << 40,
                                        "wait",
                                        Duration.ofSeconds(90),
                                        "text",
                                        "PT90S",
                                        "texts",
                                        List.of("a", "", "*.min.js"))))));

        assertThat(again(run)).isEqualTo(run);
    }

    @Test
    void whatHappenedComesBackAsItWas() {
        StepFailure why = new StepFailure.Recorded("STEP_IO", "connection reset", true, "look at the line");
        Run run = queued(
                        GIT,
                        new Pipeline(
                                "p",
                                List.of(step("a", Map.of()), step("b", Map.of(), "a"), step("c", Map.of(), "a", "b"))))
                .started()
                .pinned(new Repository(
                        "id", "name", Optional.of("o"), Optional.of("c".repeat(40)), Optional.of("main")))
                .stepStarted("a", NOW)
                .stepRetried("a", 1, why)
                .stepStarted("a", NOW.plusSeconds(1))
                .stepSucceeded(
                        "a",
                        2,
                        new StepRun.Outcome(
                                new TreeMap<>(Map.of("files", 12L)),
                                new PartSummary(
                                        new TreeMap<>(Map.of("File", 12L)),
                                        new TreeMap<>(Map.of("CONTAINS", 11L)),
                                        "0".repeat(64))),
                        NOW.plusSeconds(2))
                .stepSkipped("b", new StepRun.Skipped(StepRun.Skipped.Reason.DOCKER_UNAVAILABLE, "no daemon"), NOW);

        assertThat(again(run)).isEqualTo(run);
        assertThat(again(run.parked(why))).isEqualTo(run.parked(why));
    }

    @Test
    void aFailureKeepsWhatItSaid() {
        StepFailure full = new StepFailure.DiskFull("/out: no space left");
        Run failed = queued(new Source.Directory(Path.of("/x"), Optional.empty()), new Pipeline("p", List.of()))
                .failed(full, NOW);

        assertThat(again(failed).failure()).contains(StepFailure.Recorded.of(full));
    }

    @Test
    void credentialsStayNoLongerThanTheyAreNeeded() {
        Run waiting = queued(GIT, new Pipeline("p", List.of()));

        assertThat(new String(RunJson.write(waiting), UTF_8)).contains("secret");
        assertThat(new String(RunJson.write(waiting.cancelled(NOW)), UTF_8)).doesNotContain("secret");
    }

    @Test
    void aNewerFormatIsNotGuessedAt() {
        byte[] newer = "{\"format\":2,\"spec\":{}}".getBytes(UTF_8);

        assertThatThrownBy(() -> RunJson.read(newer))
                .isInstanceOf(UnreadableRunException.class)
                .hasMessageContaining("newer Longshore");
    }

    @Test
    void whateverIsNoRunIsSaidToBeNone() {
        String run = new String(RunJson.write(queued(GIT, new Pipeline("none", List.of()))), UTF_8);
        List<String> shapes = List.of(
                "",
                "null",
                "[]",
                "{}",
                run.replace("\"state\":\"QUEUED\"", "\"state\":7"),
                run.replace("2026-11-20T12:00:00.123456789Z", "yesterday"),
                run.replace("\"r-01m3k2v9q4f8x2b7\"", "7"));
        assertThat(shapes).doesNotContain(run);
        for (String shape : shapes) {
            assertThatThrownBy(() -> RunJson.read(shape.getBytes(UTF_8)))
                    .as(shape)
                    .isInstanceOf(UnreadableRunException.class);
        }
    }

    @Test
    void fieldsOfALaterVersionAreLeftOut() {
        Run run = queued(GIT, new Pipeline("p", List.of()));
        String json = new String(RunJson.write(run), UTF_8).replaceFirst("\\{", "{\"priority\":3,");

        assertThat(RunJson.read(json.getBytes(UTF_8))).isEqualTo(run);
    }
}
