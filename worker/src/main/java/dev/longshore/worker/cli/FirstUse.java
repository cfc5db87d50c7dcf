package dev.longshore.worker.cli;

import dev.longshore.blarify.AnalyserImage;
import dev.longshore.docker.DockerFailure;
import dev.longshore.docker.DockerFailureException;
import dev.longshore.docker.GuardedDocker;
import dev.longshore.pipeline.Pipeline;
import dev.longshore.pipeline.StepTypes;
import dev.longshore.step.DockerAccess;
import dev.longshore.step.StepException;
import java.io.IOException;
import java.io.PrintStream;

/**
 * Builds the analysers' image on the first use of a daemon, so that the first run is not one without classes and
 * functions. Where that fails the run goes on to its preflight, which knows what to do without the image.
 */
final class FirstUse {
    private final DockerAccess docker;
    private final PrintStream err;

    FirstUse(DockerAccess docker, PrintStream err) {
        this.docker = docker;
        this.err = err;
    }

    /** Builds the image if a step of the pipeline runs it, the daemon can be reached and does not have it. */
    void buildImage(Pipeline pipeline, StepTypes types) throws InterruptedException {
        AnalyserImage image = AnalyserImage.ofThisVersion();
        boolean needed = pipeline.steps().stream()
                .flatMap(step -> types.of(step).image(step.options()).stream())
                .anyMatch(image.reference()::equals);
        if (!needed) {
            return;
        }
        try {
            GuardedDocker client = docker.client();
            if (image.find(client).isPresent()) {
                return;
            }
            err.println("longshore: building the analyser image " + image.reference()
                    + ", once for this Docker daemon; this may take some minutes");
            image.build(client, AnalyserImage.Options.STANDARD, line -> {});
        } catch (StepException | DockerFailureException | IOException e) {
            // Why Docker cannot be used is for preflight to say; only a failed build would go unsaid there.
            if (e instanceof DockerFailureException failed
                    && failed.failure() instanceof DockerFailure.BuildFailed build) {
                err.println("longshore: " + build.message());
            }
        }
    }
}
