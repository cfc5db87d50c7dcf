package dev.longshore.container;

import dev.longshore.docker.ContainerExit;
import dev.longshore.docker.ContainerRequest;
import dev.longshore.docker.DockerFailure;
import dev.longshore.docker.DockerFailureException;
import dev.longshore.docker.GuardedDocker;
import dev.longshore.docker.Limits;
import dev.longshore.docker.Mount;
import dev.longshore.docker.PullProgress;
import dev.longshore.docker.Takeover;
import dev.longshore.step.ContainerLimits;
import dev.longshore.step.Sizes;
import dev.longshore.step.StepContext;
import dev.longshore.step.StepCounts;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import dev.longshore.text.ForeignText;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt of a container step, from the look for its image to the last edge read. The container is gone when {@link
 * #run} returns or throws, and only then is its output looked at.
 */
public final class ContainerWork {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerWork.class);
    private static final Duration LONGEST_DEADLINE = Duration.ofDays(30);
    /** Lines of standard error that are logged where the container failed. */
    private static final int LOGGED_LINES = 20;

    private final StepContext context;
    private final ContainerSpec spec;

    public ContainerWork(StepContext context, ContainerSpec spec) {
        this.context = context;
        this.spec = spec;
    }

    /**
     * Runs the container and reads its output into the context's graph.
     *
     * @return what was dropped, and what the image counted
     * @throws StepException the image is not there, the container did not end well, or its output is no part of a graph
     * @throws InterruptedException the thread was interrupted; the container has been removed
     */
    public StepCounts run() throws StepException, IOException, InterruptedException {
        GuardedDocker docker = context.docker().client();
        requireImage(docker);
        StepFiles files = StepFiles.prepare(context, spec.given());
        ContainerLog log = new ContainerLog(context.id(), context.progress());
        ContainerExit exit = run(docker, files, log);
        exit.summary().left().ifPresent(left -> LOG.warn("{}: {}; {}", context.id(), left.message(), left.fix()));
        Optional<StepFailure> failure = ExitFailure.of(exit, context.id().step(), spec.image(), log.lastLine());
        if (failure.isPresent()) {
            logTail(exit);
            throw new StepException(failure.get());
        }
        StepCounts counts = new StepCounts();
        new OutputReader(context.ids(), files.known(), spec.bounds().output(), context.graph(), counts)
                .read(out(exit, files));
        return counts;
    }

    private void requireImage(GuardedDocker docker) throws StepException, InterruptedException {
        try {
            docker.image(spec.image(), spec.bounds().pull(), this::tell);
        } catch (DockerFailureException e) {
            throw e.failure() instanceof DockerFailure.ImageMissing
                    ? new StepException(new StepFailure.ImageMissing(spec.image(), spec.missingFix()), e)
                    : new StepException(StepFailure.of(e.failure()), e);
        } catch (IllegalArgumentException e) {
            throw new StepException(new StepFailure.InvalidOption("image", String.valueOf(e.getMessage())), e);
        }
    }

    private void tell(PullProgress pull) {
        context.progress()
                .message("pulling " + spec.image() + ": " + pull.layersDone() + " of " + pull.layers() + " layers, "
                        + Sizes.format(pull.bytesDone()) + " of " + Sizes.format(pull.bytes()));
    }

    /** One that was taken over writes where the attempt before had its files. */
    private static Path out(ContainerExit exit, StepFiles files) {
        return exit.summary().mounts().stream()
                .filter(Mount.OutputDirectory.class::isInstance)
                .map(mount -> ((Mount.OutputDirectory) mount).host())
                .findFirst()
                .orElse(files.out());
    }

    private ContainerExit run(GuardedDocker docker, StepFiles files, ContainerLog log)
            throws StepException, IOException, InterruptedException {
        ContainerRequest request = request(files);
        try {
            return context.docker().outlivesProcess()
                    ? docker.run(request, new Takeover(files.digest(context.workspace())), log)
                    : docker.run(request, log);
        } catch (DockerFailureException e) {
            throw new StepException(StepFailure.of(e.failure()), e);
        }
    }

    private ContainerRequest request(StepFiles files) throws StepException, IOException {
        StepContext.Resources resources = context.resources();
        ContainerLimits limits = resources.limits();
        ContainerRequest.Builder builder = ContainerRequest.builder(
                        spec.image(), context.id().run(), context.id().step())
                .command(spec.command())
                .mount(new Mount.ReadOnlyBind(context.workspace().root(), "/workspace"))
                .mount(new Mount.ReadOnlyBind(files.in(), "/in"))
                .mount(new Mount.OutputDirectory(
                        files.out(), "/out", spec.bounds().outputBytes()))
                .limits(Limits.DEFAULT
                        .withMemoryBytes(limits.memoryBytes())
                        .withCpus(limits.cpus())
                        .withPids(limits.pids()))
                .user(ContainerUsers.forWorkspace(context.workspace().root(), files.in()))
                .environment("HOME", "/tmp")
                .deadline(timeLeft(resources.deadline()));
        spec.environment().forEach(builder::environment);
        spec.bounds().inactivity().ifPresent(builder::inactivityTimeout);
        if (!spec.entrypoint().isEmpty()) {
            builder.entrypoint(spec.entrypoint().toArray(String[]::new));
        }
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            // All that can be wrong with it by now comes from the pipeline: command, environment, limits.
            throw new StepException(new StepFailure.InvalidOption("command or env", String.valueOf(e.getMessage())), e);
        }
    }

    private static Duration timeLeft(Instant deadline) throws StepException {
        Duration left = Duration.between(Instant.now(), deadline);
        if (left.compareTo(Duration.ofMillis(1)) < 0) {
            throw new StepException(new StepFailure.TimedOut(Duration.ZERO));
        }
        return left.compareTo(LONGEST_DEADLINE) > 0 ? LONGEST_DEADLINE : left;
    }

    /** The end of what the container said, where the one line of the failure's message may not be enough. */
    private void logTail(ContainerExit exit) {
        var tail = exit.summary().stderrTail();
        tail.subList(Math.max(0, tail.size() - LOGGED_LINES), tail.size())
                .forEach(line -> LOG.warn("{} err: {}", context.id(), ForeignText.oneLine(line, 1000)));
    }
}
