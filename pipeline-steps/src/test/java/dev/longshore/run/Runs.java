package dev.longshore.run;

import dev.longshore.graph.PartSummary;
import dev.longshore.pipeline.DockerNeed;
import dev.longshore.pipeline.Pipeline;
import dev.longshore.pipeline.StepSpec;
import dev.longshore.source.Repository;
import dev.longshore.source.Source;
import dev.longshore.step.ContainerLimits;
import dev.longshore.step.StepOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Runs for tests. */
final class Runs {
    static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    static final StepRun.Outcome OUTCOME =
            new StepRun.Outcome(new TreeMap<>(), new PartSummary(new TreeMap<>(), new TreeMap<>(), "0".repeat(64)));
    static final Repository REPOSITORY =
            new Repository("example", "example", Optional.empty(), Optional.empty(), Optional.empty());
    static final Repository OTHER_REPOSITORY =
            new Repository("other", "other", Optional.empty(), Optional.empty(), Optional.empty());

    private Runs() {}

    static StepSpec step(String name, DockerNeed docker, String... after) {
        return new StepSpec(
                name,
                name,
                Set.of(after),
                docker,
                Duration.ofMinutes(1),
                new StepSpec.Retry(3, Duration.ofSeconds(1)),
                ContainerLimits.DEFAULT,
                new StepOptions(Map.of()));
    }

    static Run run(DockerMode docker, StepSpec... steps) {
        return run(RunId.next(NOW), docker, steps);
    }

    static Run run(RunId id, DockerMode docker, StepSpec... steps) {
        return Run.queued(new RunSpec(
                id,
                new Source.Directory(Path.of("/src/example"), Optional.empty()),
                new Pipeline("sample", List.of(steps)),
                docker,
                Path.of("/out"),
                NOW));
    }
}
