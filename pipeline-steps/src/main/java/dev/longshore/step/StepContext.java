package dev.longshore.step;

import dev.longshore.graph.GraphWriter;
import dev.longshore.graph.NodeIds;
import dev.longshore.source.Workspace;
import java.nio.file.Path;
import java.time.Instant;

/**
 * All that a step is given.
 *
 * @param id which step of which run this is
 * @param workspace the source's files and what repository they are
 * @param options checked against {@link Step#options()}
 * @param ids derives the ids of this repository's nodes
 * @param earlier the graph as the steps before this one left it
 * @param graph where this step writes its part; may be used from many threads
 * @param progress where it tells how far it is; may be used from many threads
 * @param resources how much of the machine it may take, and its scratch space
 * @param docker the way to the Docker daemon, for a step that {@linkplain Step#usesDocker() uses} it
 */
public record StepContext(
        StepId id,
        Workspace workspace,
        StepOptions options,
        NodeIds ids,
        EarlierGraph earlier,
        GraphWriter graph,
        Progress progress,
        Resources resources,
        DockerAccess docker) {

    /** Which step of which run. */
    public record StepId(String run, String step) {
        @Override
        public String toString() {
            return run + "/" + step;
        }
    }

    /**
     * What a step may use.
     *
     * @param threads how many threads may work at once, at least 1
     * @param scratch an empty directory of this attempt's own, removed afterwards
     * @param deadline when the attempt will be interrupted
     * @param limits what a container of this step may use
     */
    public record Resources(int threads, Path scratch, Instant deadline, ContainerLimits limits) {}
}
