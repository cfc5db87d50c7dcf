package dev.longshore.worker.jobs;

import dev.longshore.docker.DockerFailureException;
import dev.longshore.pipeline.StepSpec;
import dev.longshore.run.IllegalTransitionException;
import dev.longshore.run.Run;
import dev.longshore.run.RunState;
import dev.longshore.run.StepRun;
import dev.longshore.source.InvalidSourceException;
import dev.longshore.step.Progress;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;
import org.jobrunr.jobs.context.JobContext;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.server.runner.ThreadLocalJobContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one attempt at a step, says in the run how it went, and enqueues what comes after. */
public final class StepHandler implements JobRequestHandler<StepJob> {
    private static final Logger LOG = LoggerFactory.getLogger(StepHandler.class);

    /** Between looks at whether a parked run goes on. */
    private static final Duration WHILE_PARKED = Duration.ofSeconds(15);

    private final Services services;
    private final JobChain chain;
    private final ScheduledExecutorService timers;
    private final ActiveJobs active;

    StepHandler(Services services, JobChain chain, ScheduledExecutorService timers, ActiveJobs active) {
        this.services = services;
        this.chain = chain;
        this.timers = timers;
        this.active = active;
    }

    @Override
    public void run(StepJob job) throws StepRetryException, StepFailedException, InterruptedException {
        try (ActiveJobs.Stay stay = active.enter()) {
            Run run;
            try {
                run = services.runs().update(job.run(), before -> before.stepStarted(job.step(), now()));
            } catch (IllegalTransitionException e) {
                // Delivered again after it was done, or the run was ended meanwhile: only the chain may be unfinished.
                LOG.debug("nothing to do for {}: {}", job, e.getMessage());
                Run now = services.runs().get(job.run());
                if (now.state() == RunState.PARKED) {
                    // Its preflight was made again. Once that passes, nobody enqueues this step a second time.
                    throw new StepRetryException(now.failure().orElseThrow(), WHILE_PARKED, e);
                }
                chain.next(now);
                return;
            }
            StepSpec spec = run.pipeline().step(job.step());
            try (Watch watch = new Watch(run, services.runs(), timers, active, spec.timeout())) {
                attempt(run, spec, watch);
            }
            chain.next(services.runs().get(job.run()));
        }
    }

    private void attempt(Run run, StepSpec spec, Watch watch)
            throws StepRetryException, StepFailedException, InterruptedException {
        int attempt = run.step(spec.name()).attempt();
        Progress counter = services.progress()
                .open(run.id(), spec.name(), new JobProgress(services.runs(), run.id(), spec.name()));
        try (JobReport report = new JobReport(ThreadLocalJobContext.getJobContext(), counter)) {
            StepRun.Outcome outcome = new Attempt(services, run, spec).make(report, now().plus(spec.timeout()));
            if (watch.reason() != null) {
                LOG.debug("{} of {} was done all the same when it was to end", spec.name(), run.id());
            }
            services.runs().update(run.id(), before -> before.stepSucceeded(spec.name(), attempt, outcome, now()));
        } catch (IllegalTransitionException e) {
            LOG.debug("attempt {} at {} of {} ended too late: {}", attempt, spec.name(), run.id(), e.getMessage());
        } catch (InterruptedException
                | StepException
                | DockerFailureException
                | InvalidSourceException
                | IOException e) {
            ended(run, spec, watch, e);
        } catch (RuntimeException | LinkageError | StackOverflowError | OutOfMemoryError e) {
            // A step is anybody's code: whatever it throws is the step's failure, not the worker's.
            if (watch.reason() == null) {
                LOG.error("step {} of {} failed unexpectedly", spec.name(), run.id(), e);
            }
            ended(run, spec, watch, e);
        }
    }

    /** Why it ended is the watch's to say first: a step may answer an interrupt with any exception. */
    private void ended(Run run, StepSpec spec, Watch watch, Throwable e)
            throws StepRetryException, StepFailedException, InterruptedException {
        Watch.Reason reason = watch.reason();
        if (reason == Watch.Reason.RUN_OVER) {
            return;
        }
        if (reason == Watch.Reason.DEADLINE) {
            failed(run, spec, new StepFailure.TimedOut(spec.timeout()), e);
        } else if (Watch.isOfShutdown(reason, e)) {
            returned(run, spec);
            throw new InterruptedException(Watch.SHUTDOWN);
        } else if (StepFailures.of(e) instanceof StepFailure.DockerNotNow held && waitsFor(held)) {
            held(run, spec, held, e);
        } else {
            failed(run, spec, StepFailures.of(e), e);
        }
    }

    /** Where nobody but this process works on the run, somebody waits for its end: not for hours, until Docker is there. */
    private boolean waitsFor(StepFailure.DockerNotNow held) {
        return services.pool() || !StepFailures.isDockerAway(held);
    }

    private void returned(Run run, StepSpec spec) {
        int attempt = run.step(spec.name()).attempt();
        // The interrupt has done its work; the store must still be spoken to.
        boolean interrupted = Thread.interrupted();
        try {
            services.runs().update(run.id(), before -> before.stepReturned(spec.name(), attempt));
        } catch (IllegalTransitionException e) {
            LOG.debug("attempt {} at {} of {} was taken over: {}", attempt, spec.name(), run.id(), e.getMessage());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** It could not begin: the job is made again later, with as many attempts left as before. */
    private void held(Run run, StepSpec spec, StepFailure.DockerNotNow why, Throwable cause)
            throws StepRetryException, StepFailedException {
        JobContext job = ThreadLocalJobContext.getJobContext();
        Optional<Duration> pause = new Patience(job).pause(why.refusal().remaining());
        if (pause.isEmpty()) {
            failedForGood(run, spec, new StepFailure.WaitedTooLong(Patience.LONGEST, why), cause);
            return;
        }
        int attempt = run.step(spec.name()).attempt();
        LOG.info("step {} of {} waits: {}", spec.name(), run.id(), why.message());
        job.logger().info("waits: " + why.message());
        if (updated(run, before -> before.stepHeld(spec.name(), attempt, why)).isPresent()) {
            throw new StepRetryException(why, pause.get(), cause);
        }
    }

    private void failed(Run run, StepSpec spec, StepFailure failure, Throwable cause)
            throws StepRetryException, StepFailedException {
        int failures = run.step(spec.name()).failures() + 1;
        if (!failure.retryable() || failures >= spec.retry().attempts()) {
            failedForGood(run, spec, failure, cause);
            return;
        }
        int attempt = run.step(spec.name()).attempt();
        tell(run, spec, failure, cause);
        if (updated(run, before -> before.stepRetried(spec.name(), attempt, failure))
                .isPresent()) {
            Duration wait = spec.retry().wait(failures, failure.retryAfter().orElse(Duration.ZERO));
            throw new StepRetryException(failure, wait, cause);
        }
    }

    private void failedForGood(Run run, StepSpec spec, StepFailure failure, Throwable cause)
            throws StepFailedException {
        int attempt = run.step(spec.name()).attempt();
        tell(run, spec, failure, cause);
        Optional<Run> after = updated(run, before -> before.stepFailed(spec.name(), attempt, failure, now()));
        if (after.isPresent()) {
            chain.next(after.get());
            throw new StepFailedException(failure, cause);
        }
    }

    private static void tell(Run run, StepSpec spec, StepFailure failure, Throwable cause) {
        int attempt = run.step(spec.name()).attempt();
        LOG.info("attempt {} at step {} of {} failed: {}", attempt, spec.name(), run.id(), failure.message());
        LOG.debug("because of", cause);
        FailureLines.write(ThreadLocalJobContext.getJobContext().logger(), failure);
    }

    /** The run afterwards; empty if this attempt has no say any more. */
    private Optional<Run> updated(Run run, UnaryOperator<Run> transition) {
        try {
            return Optional.of(services.runs().update(run.id(), transition));
        } catch (IllegalTransitionException e) {
            LOG.debug("an attempt at a step of {} ended too late: {}", run.id(), e.getMessage());
            return Optional.empty();
        }
    }

    private Instant now() {
        return services.clock().instant();
    }
}
