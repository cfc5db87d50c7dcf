package dev.longshore.step;

import dev.longshore.docker.PullPolicy;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * One kind of work on a source: reads the workspace, writes its part of the graph. Found by {@link
 * java.util.ServiceLoader}; the same object serves every run, so it holds no state of one.
 *
 * <p>A step may run twice for the same run (a worker died, a retry): what it writes must depend on nothing but its
 * inputs, so that the second time leaves what the first would have left.
 */
public interface Step {
    /** The name that pipelines use in {@code type}. */
    String type();

    /** The options that the step takes; a pipeline with any other is refused before it runs. */
    List<OptionSpec> options();

    /**
     * What is wrong with options of which each has a value of its kind, for example an image that is not named. A pipeline
     * with such a step is refused before it runs.
     */
    default List<StepFailure.InvalidOption> problems(StepOptions options) {
        return List.of();
    }

    /** Whether the step uses {@link StepContext#docker()}. */
    default boolean usesDocker() {
        return false;
    }

    /** The image that the step runs with these options, which preflight looks for; empty if it runs none. */
    default Optional<String> image(StepOptions options) {
        return Optional.empty();
    }

    /** When that image is fetched from its registry. */
    default PullPolicy pull(StepOptions options) {
        return PullPolicy.NEVER;
    }

    /** What the operator should do where the daemon lacks that image. */
    default String imageFix(String image) {
        return "docker pull " + image;
    }

    /**
     * Does the work and returns when it is done. Interrupting the thread cancels the step: it stops its own threads and
     * containers, then throws InterruptedException.
     *
     * @throws StepException the step failed for a known reason, which says whether to try again
     * @throws IOException reading the workspace or writing the graph failed
     */
    StepCounts run(StepContext context) throws StepException, IOException, InterruptedException;
}
