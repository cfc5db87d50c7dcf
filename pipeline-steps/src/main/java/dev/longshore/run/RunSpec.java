package dev.longshore.run;

import dev.longshore.pipeline.Pipeline;
import dev.longshore.source.Source;
import java.nio.file.Path;
import java.time.Instant;

/**
 * What a run is asked to do. It never changes.
 *
 * @param out the directory that the graph is published in; absolute
 * @param created when it was asked for
 */
public record RunSpec(RunId id, Source source, Pipeline pipeline, DockerMode docker, Path out, Instant created) {
    /** Whether another run would do the same work for the same result. */
    public boolean asksForTheSame(RunSpec other) {
        return equals(new RunSpec(id, other.source, other.pipeline, other.docker, other.out, created));
    }
}
