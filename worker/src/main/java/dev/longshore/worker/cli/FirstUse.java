package dev.longshore.worker.cli;

import dev.longshore.blarify.AnalyserImage;
import dev.longshore.docker.DockerFailureException;
import dev.longshore.docker.GuardedDocker;
import dev.longshore.pipeline.Pipeline;
import dev.longshore.pipeline.StepTypes;
import dev.longshore.step.DockerAccess;
import dev.longshore.step.StepException;
import dev.longshore.worker.SystemWords;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the analysers' image on the first use of a daemon, so that the first run is not one without classes and
 * functions. Where that fails the run goes on to its preflight, which knows what to do without the image.
 */
final class FirstUse {
    private static final Logger LOG = LoggerFactory.getLogger(FirstUse.class);

    private final DockerAccess docker;
    private final PrintStream err;
    private final boolean quiet;

    /**
     * @param err gets a line if the build fails, always
     * @param quiet whether to say nothing when it begins
     */
    FirstUse(DockerAccess docker, PrintStream err, boolean quiet) {
        this.docker = docker;
        this.err = err;
        this.quiet = quiet;
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
        GuardedDocker client;
        try {
            client = docker.client();
            if (image.find(client).isPresent()) {
                return;
            }
        } catch (StepException | DockerFailureException e) {
            LOG.debug("the analyser image is not looked for: preflight meets the same and says so", e);
            return;
        }
        build(image, client);
    }

    /** What goes wrong here preflight cannot know: it sees only that there is no image. */
    private void build(AnalyserImage image, GuardedDocker client) throws InterruptedException {
        if (!quiet) {
            err.println("longshore: building the analyser image " + image.reference()
                    + ", once for this Docker daemon; this may take some minutes");
        }
        try {
            image.build(client, AnalyserImage.Options.STANDARD, line -> {});
        } catch (DockerFailureException e) {
            failed(e.failure().message());
        } catch (UncheckedIOException e) {
            failed(SystemWords.describe(SystemWords.wrapped(e)));
        } catch (IOException e) {
            failed(SystemWords.describe(e));
        }
    }

    private void failed(String why) {
        err.println("longshore: the analyser image was not built: " + why + "; see longshore images build");
    }
}
