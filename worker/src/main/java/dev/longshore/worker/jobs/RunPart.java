package dev.longshore.worker.jobs;

import dev.longshore.run.IllegalTransitionException;
import dev.longshore.run.Run;
import dev.longshore.source.InvalidSourceException;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import java.io.IOException;
import org.jobrunr.server.runner.ThreadLocalJobContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A part of a run that is none of its steps, and with which the whole run fails: the preflight, the publishing. */
final class RunPart {
    private static final Logger LOG = LoggerFactory.getLogger(RunPart.class);

    private final String name;
    private final StepFailure tooLong;
    private final Services services;
    private final Waits waits;

    interface Work {
        /**
         * Does it.
         *
         * @throws StepRetryException it is to be made again, and the run goes on until then
         */
        void make() throws InterruptedException, StepException, StepRetryException, InvalidSourceException, IOException;
    }

    /** Whether a failure is no reason to fail: the run waits then, as this has seen to. */
    interface Waits {
        boolean waits(Run run, Throwable cause, StepFailure failure);
    }

    /** @param tooLong the failure when the watch's deadline passes */
    RunPart(String name, StepFailure tooLong, Services services, Waits waits) {
        this.name = name;
        this.tooLong = tooLong;
        this.services = services;
        this.waits = waits;
    }

    void make(Run run, Watch watch, Work work) throws StepRetryException, StepFailedException, InterruptedException {
        try {
            work.make();
        } catch (IllegalTransitionException e) {
            LOG.debug("run {} was over during its {}: {}", run.id(), name, e.getMessage());
        } catch (InterruptedException
                | StepException
                | InvalidSourceException
                | IOException
                | RuntimeException
                | LinkageError
                | OutOfMemoryError e) {
            ended(run, watch, e);
        }
    }

    /** Why it ended is the watch's to say first: whatever is interrupted may answer with any exception. */
    private void ended(Run run, Watch watch, Throwable e) throws StepFailedException, InterruptedException {
        Watch.Reason reason = watch.reason();
        if (reason == Watch.Reason.RUN_OVER) {
            return;
        }
        if (Watch.isOfShutdown(reason, e)) {
            throw new InterruptedException(Watch.SHUTDOWN);
        }
        StepFailure failure = reason == Watch.Reason.DEADLINE ? tooLong : StepFailures.of(e);
        if (waits.waits(run, e, failure)) {
            return;
        }
        if (failure instanceof StepFailure.Unexpected) {
            LOG.error("the {} of run {} failed unexpectedly", name, run.id(), e);
        } else {
            LOG.info("the {} of run {} failed: {}", name, run.id(), failure.message());
            LOG.debug("because of", e);
        }
        services.runs()
                .update(
                        run.id(),
                        before -> before.failedUnlessOver(
                                failure, services.clock().instant()));
        FailureLines.write(ThreadLocalJobContext.getJobContext().logger(), failure);
        throw new StepFailedException(failure, e);
    }
}
