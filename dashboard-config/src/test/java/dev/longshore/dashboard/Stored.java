package dev.longshore.dashboard;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobDetails;
import org.jobrunr.jobs.RecurringJob;
import org.jobrunr.jobs.RecurringJob.CreatedBy;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.scheduling.interval.Interval;
import org.jobrunr.storage.InMemoryStorageProvider;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;

/** A storage in memory with something in it. */
final class Stored {
    private Stored() {}

    static InMemoryStorageProvider empty() {
        InMemoryStorageProvider storage = new InMemoryStorageProvider();
        storage.setJobMapper(new JobMapper(new JacksonJsonMapper(new ObjectMapper())));
        return storage;
    }

    static JobDetails details() {
        JobDetails details = new JobDetails(System.class.getName(), null, "gc", List.of());
        details.setCacheable(false);
        return details;
    }

    /** A job that failed. */
    static Job failed(InMemoryStorageProvider storage) {
        Job job = new Job(UUID.randomUUID(), details());
        job.setJobName("flask@1a2b3c4 · blarify");
        job.failed("the analyser ended with 1", new IllegalStateException("exit code 1"));
        return storage.save(job);
    }

    static RecurringJob recurring(InMemoryStorageProvider storage, String id) {
        return storage.saveRecurringJob(
                new RecurringJob(id, details(), new Interval(Duration.ofHours(1)), ZoneId.of("UTC"), CreatedBy.API));
    }
}
