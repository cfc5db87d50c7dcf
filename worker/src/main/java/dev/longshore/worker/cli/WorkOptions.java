package dev.longshore.worker.cli;

import dev.longshore.pipeline.Pipeline;
import dev.longshore.pipeline.StepTypes;
import picocli.CommandLine.Option;

/** How this process runs steps, for every command that does so itself. */
final class WorkOptions {
    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "How many threads a step may use; the number of processors if not given.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--no-image-build",
            description = "Do not build the analyser image where the daemon lacks it; treat it as a missing Docker.")
    private boolean noImageBuild;

    /** How many threads a step may use; throws BadInputException for none. */
    int threads() {
        if (threads < 1) {
            throw new BadInputException("--threads must be at least 1");
        }
        return threads;
    }

    /** Builds the images of a pipeline's steps that the daemon lacks, unless that is switched off. */
    void buildImages(DockerOptions daemon, Pipeline pipeline, StepTypes types, boolean quiet)
            throws InterruptedException {
        if (!noImageBuild) {
            new FirstUse(daemon, System.err, quiet).buildImage(pipeline, types);
        }
    }
}
