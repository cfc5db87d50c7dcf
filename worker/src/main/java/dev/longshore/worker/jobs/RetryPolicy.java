package dev.longshore.worker.jobs;

import java.time.Instant;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.filters.RetryFilter;
import org.jobrunr.jobs.states.FailedState;
import org.jobrunr.jobs.states.JobState;

/**
 * Tries a job again when its handler says so, and never once it failed for good; all else (a lost store, a fault of
 * ours) as JobRunr would, whatever other attempts there were. It replaces JobRunr's own filter, which it extends, as only one such filter takes effect.
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
        this.givenUp = givenUp;
    }

    /** The server stops and has interrupted the job: that is no fault of the job's, and it runs again somewhere. */
    private static boolean isOfShutdown(FailedState failed) {
        return InterruptedException.class.getName().equals(failed.getExceptionType())
                || InterruptedException.class.getName().equals(failed.getExceptionCauseType());
    }

    /** How often the job failed otherwise than by its step or a shutdown, this time included. */
    private static long faults(Job job) {
        return job.getJobStates().stream()
                .filter(state -> state instanceof FailedState failed
                        && !isOfShutdown(failed)
                        && !StepRetryException.class.getName().equals(failed.getExceptionType()))
                .count();
    }

    @Override
    public void onStateElection(Job job, JobState newState) {
        if (!(newState instanceof FailedState failed)) {
            return;
        }
        if (failed.getException() instanceof StepRetryException retry) {
            job.scheduleAt(Instant.now().plus(retry.waitTime()), "another attempt after: " + retry.getMessage());
        } else if (failed.getException() instanceof StepFailedException) {
            return;
        } else if (isOfShutdown(failed)) {
            job.enqueue();
        } else if (faults(job) <= RETRIES && !failed.mustNotRetry()) {
            job.scheduleAt(
                    Instant.now().plusSeconds((long) Math.pow(BACKOFF_SEED_SECONDS, (double) faults(job))),
                    "another attempt after a fault that is no step's");
        } else {
            for (Object parameter : job.getJobDetails().getJobParameterValues()) {
                if (parameter instanceof RunJob runJob) {
                    givenUp.accept(runJob, failed.getException());
                }
            }
        }
    }
}
