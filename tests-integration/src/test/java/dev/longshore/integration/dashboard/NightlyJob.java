package dev.longshore.integration.dashboard;

import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;

/** A recurring job to be looked at; it is never due while the tests run. */
public record NightlyJob() implements JobRequest {
    @Override
    public Class<Handler> getJobRequestHandler() {
        return Handler.class;
    }

    /** Does nothing. */
    public static final class Handler implements JobRequestHandler<NightlyJob> {
        @Override
        public void run(NightlyJob job) {}
    }
}
