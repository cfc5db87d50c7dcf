package dev.longshore.redis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobDetails;
import org.jobrunr.jobs.RecurringJob;
import org.jobrunr.jobs.context.JobDashboardLogger;
import org.jobrunr.jobs.context.JobDashboardProgressBar;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.jobs.states.JobState;
import org.jobrunr.jobs.states.ProcessingState;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;

/** Jobs as JobRunr itself writes them, at each stage of their life. */
final class SampleJobs {
    static final JobMapper MAPPER = new JobMapper(new JacksonJsonMapper());

    private SampleJobs() {}

    record SendMail(String to, int number, List<String> tags) implements JobRequest {
        @Override
        public Class<SendMailHandler> getJobRequestHandler() {
            return SendMailHandler.class;
        }
    }

    static final class SendMailHandler implements JobRequestHandler<SendMail> {
        @Override
        public void run(SendMail request) {}
    }

    static List<String> all() {
        return List.of(enqueued(), processing(), succeeded(), failed(), deleted(), recurring());
    }

    static String enqueued() {
        return MAPPER.serializeJob(job());
    }

    static String processing() {
        return MAPPER.serializeJob(started());
    }

    static String succeeded() {
        return MAPPER.serializeJob(started().succeeded());
    }

    static String deleted() {
        return MAPPER.serializeJob(started().delete("no longer \"wanted\""));
    }

    static String failed() {
        Job job = started();
        new JobDashboardLogger(job).info("line one");
        new JobDashboardProgressBar(job, 10L).incrementSucceeded();
        job.getMetadata().put("mdc-trace", "y");
        job.getMetadata().put("uuid", UUID.randomUUID());
        job.getMetadata().put("list", new ArrayList<>(List.of("a", 1)));
        job.getMetadata().put("jr_step_result_class_one", "java.lang.Integer");
        job.failed("it failed", new IllegalStateException("no\tgood", new RuntimeException("c")));
        job.scheduleAt(Instant.now(), "Retry 1 of 10");
        return MAPPER.serializeJob(job);
    }

    static String recurring() {
        RecurringJob job = new RecurringJob(
                "nightly", job().getJobDetails(), "0 0 * * *", "Europe/Brussels", RecurringJob.CreatedBy.API);
        job.setJobName("nightly mail");
        return MAPPER.serializeRecurringJob(job);
    }

    static Job job() {
        Job job = new Job(new JobDetails(new SendMail("someone@example.com", 17, List.of("new", "daily"))));
        job.setJobName("mail to someone@example.com");
        job.setLabels(List.of("queue:mail"));
        return job;
    }

    private static Job started() {
        Job job = job();
        List<JobState> history = new ArrayList<>(job.getJobStates());
        history.add(new ProcessingState(UUID.randomUUID(), "worker-3"));
        Job started = new Job(job.getId(), 2, job.getJobDetails(), history, new ConcurrentHashMap<>());
        started.setJobName(job.getJobName());
        started.setLabels(job.getLabels());
        return started;
    }
}
