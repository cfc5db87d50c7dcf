package dev.longshore.benchmarks.queue;

import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;

/** A job that does nothing but be counted. */
record NoOp() implements JobRequest {
    @Override
    public Class<Handler> getJobRequestHandler() {
        return Handler.class;
    }

    /** Counts. */
    public static final class Handler implements JobRequestHandler<NoOp> {
        @Override
        public void run(NoOp request) {
            Tally.count();
        }
    }
}
