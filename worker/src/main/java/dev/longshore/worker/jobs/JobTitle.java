package dev.longshore.worker.jobs;

import dev.longshore.run.Run;
import dev.longshore.source.GitUrl;
import dev.longshore.source.Repository;
import dev.longshore.source.Source;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How people find a job among others in the dashboard: by a name such as {@code flask@1a2b3c4 · blarify}, and by a label that
 * all jobs of its run have.
 */
record JobTitle(String name, List<String> labels) {
    /** JobRunr's. */
    private static final int LONGEST_LABEL = 45;

    private static final int LONGEST_REPOSITORY = 80;
    private static final int COMMIT_DIGITS = 7;

    static JobTitle of(RunJob job, Run run) {
        String repository = repository(run);
        String commit = run.repository()
                .flatMap(Repository::commit)
                .map(id -> "@" + id.substring(0, Math.min(COMMIT_DIGITS, id.length())))
                .orElse("");
        return new JobTitle(
                cut(repository, LONGEST_REPOSITORY) + commit + " · " + job.work(),
                List.of(
                        // Read by the store as the queue that the job waits in.
                        "queue:" + job.queue(), cut("run:" + run.id(), LONGEST_LABEL)));
    }

    /** Before the preflight, which looks, it goes by what the source is called. */
    private static String repository(Run run) {
        return run.repository()
                .map(Repository::name)
                .orElseGet(() -> name(run.spec().source()));
    }

    private static String name(Source source) {
        if (source instanceof Source.Git git) {
            return git.name().orElseGet(() -> GitUrl.name(git.url()));
        }
        Source.Directory directory = (Source.Directory) source;
        return directory
                .name()
                .orElseGet(() -> Optional.ofNullable(directory.path().getFileName())
                        .map(Path::toString)
                        .orElse("/"));
    }

    private static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
    }
}
