package dev.longshore.worker.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.pipeline.Pipeline;
import dev.longshore.run.DockerMode;
import dev.longshore.run.DueRun;
import dev.longshore.run.Run;
import dev.longshore.run.RunId;
import dev.longshore.run.RunSpec;
import dev.longshore.source.Repository;
import dev.longshore.source.Source;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JobTitleTest {
    private static final RunId RUN = new RunId("r-01m3k2v9q4f8x2b7");

    private static Run of(Source source) {
        return Run.queued(new RunSpec(
                RUN, source, new Pipeline("none", List.of()), DockerMode.OFF, Path.of("/out"), Instant.EPOCH));
    }

    private static Source git(String url) {
        return new Source.Git(url, Optional.empty(), Optional.empty());
    }

    @Test
    void beforeThePreflightAJobGoesByItsSource() {
        assertThat(JobTitle.of(
                                new PreflightJob(RUN, DueRun.Occasion.NEW),
                                of(git("https://user:secret@github.com/pallets/flask.git")))
                        .name())
                .isEqualTo("flask · preflight");
        assertThat(JobTitle.of(
                                new PreflightJob(RUN, DueRun.Occasion.NEW),
                                of(new Source.Directory(Path.of("/srv/code"), Optional.empty())))
                        .name())
                .isEqualTo("code · preflight");
        assertThat(JobTitle.of(
                                new PreflightJob(RUN, DueRun.Occasion.NEW),
                                of(new Source.Directory(Path.of("/"), Optional.of("named"))))
                        .name())
                .isEqualTo("named · preflight");
    }

    @Test
    void afterwardsByItsRepositoryAndCommit() {
        Run pinned = of(git("https://github.com/pallets/flask"))
                .started()
                .pinned(new Repository(
                        "github.com/pallets/flask",
                        "flask",
                        Optional.empty(),
                        Optional.of("1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"),
                        Optional.empty()));

        JobTitle title = JobTitle.of(new StepJob(RUN, "blarify"), pinned);

        assertThat(title.name()).isEqualTo("flask@1a2b3c4 · blarify");
        assertThat(title.labels()).containsExactly("queue:blarify", "run:r-01m3k2v9q4f8x2b7");
    }

    @Test
    void labelsAreAsLongAsJobRunrTakesThem() {
        Run run = of(new Source.Directory(Path.of("/srv"), Optional.of("queue:" + "x".repeat(300))));

        JobTitle title = JobTitle.of(new PublishJob(RUN), run);

        assertThat(title.labels())
                .hasSizeLessThanOrEqualTo(3)
                .allSatisfy(label -> assertThat(label).hasSizeLessThanOrEqualTo(45));
        assertThat(title.labels())
                .as("whatever a repository is called, it names no queue")
                .filteredOn(label -> label.startsWith("queue:"))
                .containsExactly("queue:publish");
        assertThat(title.name()).hasSizeLessThan(120);
    }
}
