package dev.longshore.worker.jobs;

import java.time.Instant;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.filters.RetryFilter;
import org.jobrunr.jobs.states.FailedState;
import org.jobrunr.jobs.states.JobState;
import org.jobrunr.jobs.states.StateName;

/**
 * Tries a step again when its pipeline says so, and never once it failed for good; all else (a lost store, a fault of
 * ours) as JobRunr would. It replaces JobRunr's own filter, which it extends, as only one such filter takes effect.
 */
final class RetryPolicy extends RetryFilter {
    /** For what is no step's failure: eight attempts within some minutes. */
    private static final int RETRIES = 7;

    private static final int BACKOFF_SEED_SECONDS = 2;

    private final GivenUp givenUp;

    /** Told of a job that will not be tried again though no step's failure ended it: its run would wait for ever. */
    interface GivenUp {
        void accept(RunJob job, Exception cause);
    }

    RetryPolicy(GivenUp givenUp) {
        super(RETRIES, BACKOFF_SEED_SECONDS);
        this.givenUp = givenUp;
    }

    @Override
    public void onStateElection(Job job, JobState newState) {
        if (newState instanceof FailedState failed) {
            if (failed.getException() instanceof StepRetryException retry) {
                job.scheduleAt(Instant.now().plus(retry.waitTime()), "another attempt after: " + retry.getMessage());
                return;
            }
            if (failed.getException() instanceof StepFailedException) {
                return;
            }
        }
        super.onStateElection(job, newState);
        if (newState instanceof FailedState failed && job.getState() == StateName.FAILED) {
            for (Object parameter : job.getJobDetails().getJobParameterValues()) {
                if (parameter instanceof RunJob runJob) {
                    givenUp.accept(runJob, failed.getException());
                }
            }
        }
    }
}
