package dev.longshore.worker.jobs;

import dev.longshore.docker.DockerFailureException;
import dev.longshore.docker.PullPolicy;
import dev.longshore.graph.GraphDirectory;
import dev.longshore.pipeline.DockerNeed;
import dev.longshore.pipeline.StepSpec;
import dev.longshore.run.DockerMode;
import dev.longshore.run.Run;
import dev.longshore.run.RunState;
import dev.longshore.run.StepRun;
import dev.longshore.run.StepRun.Skipped;
import dev.longshore.run.StepState;
import dev.longshore.source.InvalidSourceException;
import dev.longshore.source.Workspace;
import dev.longshore.source.Workspaces;
import dev.longshore.step.Durations;
import dev.longshore.step.Step;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import dev.longshore.worker.SystemWords;
import dev.longshore.worker.preflight.DockerChecks;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.server.runner.ThreadLocalJobContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees whether a run can do its work before it starts any: the source is there, the graph may be published where it
 * should, and each Docker step's daemon, image and view of the workspace hold. Docker steps that cannot run are skipped
 * where the pipeline lets them; else the run fails here, with the fix. What may pass by itself is looked at again before either, but for
 * a daemon that is away: for that one, a run in a pool is parked.
 */
public final class PreflightHandler implements JobRequestHandler<PreflightJob> {
    private static final Logger LOG = LoggerFactory.getLogger(PreflightHandler.class);

    /** A clone of a large repository over a slow line is the longest of it; the checks have deadlines of their own. */
    private static final Duration DEADLINE = Duration.ofHours(2);

    private static final StepFailure TOO_LONG = new StepFailure.PreflightFailed(
            "the preflight was not done after " + Durations.format(DEADLINE),
            "See whether the git server or the Docker daemon hangs.");

    private final Services services;
    private final JobChain chain;
    private final ScheduledExecutorService timers;
    private final ActiveJobs active;
    private final RunPart preflight;

    PreflightHandler(Services services, JobChain chain, ScheduledExecutorService timers, ActiveJobs active) {
        this.services = services;
        this.chain = chain;
        this.timers = timers;
        this.active = active;
        this.preflight = new RunPart("preflight", TOO_LONG, services, this::parks);
    }

    @Override
    public void run(PreflightJob job) throws StepRetryException, StepFailedException, InterruptedException {
        try (ActiveJobs.Stay stay = active.enter()) {
            Run run = started(job);
            if (run.state() != RunState.RUNNING) {
                return;
            }
            try (Watch watch = new Watch(run, services.runs(), timers, active, DEADLINE)) {
                preflight.make(run, watch, () -> check(run));
            }
            chain.next(services.runs().get(run.id()));
        }
    }

    /** The run, RUNNING if this preflight is the one that it waited for. */
    private Run started(PreflightJob job) throws StepFailedException {
        Run run = services.runs().get(job.run());
        if (run.state() != RunState.QUEUED && run.state() != RunState.PARKED) {
            return run;
        }
        String repository;
        try {
            repository = Workspaces.identity(run.spec().source());
        } catch (IOException e) {
            String where = services.pool() ? "; every worker must find a directory at the same path" : "";
            StepFailure failure = new StepFailure.SourceUnavailable(SystemWords.describe(e) + where);
            services.runs().update(run.id(), before -> before.failedUnlessOver(failure, now()));
            throw new StepFailedException(failure, e);
        }
        Run after = services.runs().start(run.id(), repository);
        if (after.state() == RunState.QUEUED) {
            LOG.info("run {} waits until another of {} is over", run.id(), repository);
        }
        return after;
    }

    private boolean parks(Run run, Throwable cause, StepFailure failure) {
        boolean away = services.pool() && cause instanceof StepException && StepFailures.isDockerAway(failure);
        if (away) {
            park(run, failure);
        }
        return away;
    }

    /**
     * What it waits for comes back by itself, or by an operator's hand: no reason to fail, however long it takes. A run with a step
     * at work has passed a preflight before, and this one was delivered again: each later step sees for itself whether Docker
     * is there, and waits for it.
     */
    private void park(Run run, StepFailure failure) {
        Run after = services.runs()
                .update(
                        run.id(),
                        before -> before.state() == RunState.RUNNING && !before.isAtWork()
                                ? before.parked(failure)
                                : before);
        if (after.state() == RunState.PARKED) {
            LOG.warn("run {} is parked: {}", run.id(), failure.message());
        } else {
            LOG.info("run {} goes on with what is at work: {}", run.id(), failure.message());
        }
    }

    private void check(Run run)
            throws StepException, StepRetryException, InvalidSourceException, IOException, InterruptedException {
        Workspace workspace = services.workspace(run);
        Run pinned = services.runs().update(run.id(), before -> before.pinned(workspace.repository()));
        OutputCheck.pass(
                new GraphDirectory(run.spec().out()), workspace.repository().identity());
        checkDocker(pinned, workspace);
        services.runs().update(run.id(), Run::checked);
    }

    private void checkDocker(Run run, Workspace workspace)
            throws StepException, StepRetryException, IOException, InterruptedException {
        List<StepSpec> dockerSteps = run.pipeline().steps().stream()
                .filter(step -> step.docker() != DockerNeed.NONE)
                .filter(step -> run.step(step.name()).state() == StepState.PENDING)
                .toList();
        if (run.spec().docker() == DockerMode.OFF) {
            for (StepSpec step : dockerSteps) {
                skip(run, step, new Skipped(Skipped.Reason.DOCKER_OFF, "left out: --docker off"));
            }
            return;
        }
        if (!dockerSteps.isEmpty()) {
            services.directory(run).markDocker();
        }
        for (StepSpec step : dockerSteps) {
            Optional<StepFailure> failure = dockerFailure(run, step, workspace);
            if (failure.isPresent() && !StepFailures.isDockerAway(failure.get())) {
                failure = Optional.of(again(run, step, failure.get()));
            }
            if (failure.isPresent() && run.dockerNeed(step) == DockerNeed.REQUIRED) {
                throw new StepException(failure.get());
            }
            if (failure.isPresent()) {
                String message = failure.get().message() + "; to fix it: "
                        + failure.get().fix();
                skip(run, step, new Skipped(Skipped.Reason.DOCKER_UNAVAILABLE, message));
            }
        }
    }

    /**
     * Has the preflight made again, if that may help: for what turned it away without it having tried anything, as long as it takes
     * within bounds, and for what failed, such as the pull of an image, as often as the step would be tried.
     *
     * @return the failure, where it cannot help
     */
    private StepFailure again(Run run, StepSpec step, StepFailure failure) throws StepRetryException {
        Patience patience = new Patience(ThreadLocalJobContext.getJobContext());
        if (failure instanceof StepFailure.DockerNotNow held) {
            Optional<Duration> pause = patience.pause(held.refusal().remaining());
            if (pause.isEmpty()) {
                return new StepFailure.WaitedTooLong(Patience.LONGEST, held);
            }
            throw later(run, held, pause.get());
        }
        if (failure instanceof StepFailure.Docker && failure.retryable()) {
            int failures = patience.failed(step.name());
            if (failures < step.retry().attempts()) {
                Duration least = failure.retryAfter().orElse(Duration.ZERO);
                throw later(run, failure, step.retry().wait(failures, least));
            }
        }
        return failure;
    }

    private StepRetryException later(Run run, StepFailure why, Duration wait) {
        LOG.info("the preflight of run {} is made again in {}: {}", run.id(), Durations.format(wait), why.message());
        ThreadLocalJobContext.getJobContext().logger().info("waits: " + why.message());
        services.runs().update(run.id(), before -> before.state() == RunState.RUNNING ? before.waiting(why) : before);
        return new StepRetryException(why, wait, null);
    }

    private Optional<StepFailure> dockerFailure(Run run, StepSpec step, Workspace workspace)
            throws StepException, IOException, InterruptedException {
        Step type = services.types().of(step);
        String image = type.image(step.options()).orElseThrow();
        try {
            PullPolicy pull = type.pull(step.options());
            if (pull != PullPolicy.NEVER) {
                services.docker().client().image(image, pull, progress -> LOG.trace("{}", progress));
            }
            return new DockerChecks(services.docker().client())
                    .canRun(
                            image,
                            type.imageFix(image),
                            workspace.root(),
                            services.directory(run).scratch("preflight", 1),
                            run.id().value());
        } catch (DockerFailureException e) {
            return Optional.of(StepFailure.of(e.failure()));
        }
    }

    private void skip(Run run, StepSpec step, Skipped why) {
        ThreadLocalJobContext.getJobContext().logger().warn(step.name() + " is skipped: " + why.message());
        services.runs().update(run.id(), before -> {
            StepRun now = before.step(step.name());
            return now.state() == StepState.SKIPPED ? before : before.stepSkipped(step.name(), why, now());
        });
    }

    private Instant now() {
        return services.clock().instant();
    }
}
