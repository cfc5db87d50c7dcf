package dev.longshore.worker.jobs;

import dev.longshore.docker.DockerFailureException;
import dev.longshore.pipeline.StepSpec;
import dev.longshore.run.IllegalTransitionException;
import dev.longshore.run.Run;
import dev.longshore.run.StepRun;
import dev.longshore.source.InvalidSourceException;
import dev.longshore.step.Progress;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.ScheduledExecutorService;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.server.runner.ThreadLocalJobContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one attempt at a step, says in the run how it went, and enqueues what comes after. */
public final class StepHandler implements JobRequestHandler<StepJob> {
    private static final Logger LOG = LoggerFactory.getLogger(StepHandler.class);

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
                chain.next(services.runs().get(job.run()));
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
        } else {
            failed(run, spec, StepFailures.of(e), e);
        }
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

    private void failed(Run run, StepSpec spec, StepFailure failure, Throwable cause)
            throws StepRetryException, StepFailedException {
        int attempt = run.step(spec.name()).attempt();
        int failures = run.step(spec.name()).failures() + 1;
        boolean again = failure.retryable() && failures < spec.retry().attempts();
        LOG.info("attempt {} at step {} of {} failed: {}", attempt, spec.name(), run.id(), failure.message());
        LOG.debug("because of", cause);
        FailureLines.write(ThreadLocalJobContext.getJobContext().logger(), failure);
        try {
            if (again) {
                services.runs().update(run.id(), before -> before.stepRetried(spec.name(), attempt, failure));
            } else {
                chain.next(services.runs()
                        .update(run.id(), before -> before.stepFailed(spec.name(), attempt, failure, now())));
            }
        } catch (IllegalTransitionException e) {
            LOG.debug("attempt {} at {} of {} failed too late: {}", attempt, spec.name(), run.id(), e.getMessage());
            return;
        }
        if (again) {
            throw new StepRetryException(failure, spec.retry().wait(failures), cause);
        }
        throw new StepFailedException(failure, cause);
    }

    private Instant now() {
        return services.clock().instant();
    }
}
