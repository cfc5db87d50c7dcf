package dev.longshore.benchmarks.queue;

import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;

/** A job that tells how long it waited. */
record Timed(long enqueued) implements JobRequest {
    @Override
    public Class<Handler> getJobRequestHandler() {
        return Handler.class;
    }

    /** Writes the time down. */
    public static final class Handler implements JobRequestHandler<Timed> {
        @Override
        public void run(Timed request) {
            Tally.latency(request.enqueued());
        }
    }
}
