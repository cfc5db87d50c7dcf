package dev.longshore.redis.samples;

import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;

/** The job of the README's samples. */
// sample: job
public record Mail(String to) implements JobRequest {
    @Override
    public Class<Sender> getJobRequestHandler() {
        return Sender.class;
    }

    public static class Sender implements JobRequestHandler<Mail> {
        @Override
        public void run(Mail mail) {
            Outbox.send(mail.to()); // maybe twice: after a crash a job runs again
        }
    }
}
// end
