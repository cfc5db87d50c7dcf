package dev.longshore.worker.jobs;

import dev.longshore.step.StepFailure;
import org.jobrunr.jobs.context.JobDashboardLogger;

/** Writes a failure, and what to do about it, into the log that the dashboard shows. */
final class FailureLines {
    private FailureLines() {}

    static void write(JobDashboardLogger log, StepFailure failure) {
        log.error(failure.message());
        failure.fix().lines().forEach(line -> log.warn("to fix it: " + line));
    }
}
