package dev.longshore.redis;

import java.util.Queue;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.context.JobDashboardLogger;

/** The log that a job writes for the dashboard. It is part of the job, and JobRunr itself never shortens it. */
final class DashboardLog {
    private DashboardLog() {}

    /** Leaves the last {@code most} lines of each attempt. */
    static void cap(Job job, int most) {
        if (job.getMetadata().isEmpty()) {
            return;
        }
        for (Object value : job.getMetadata().values()) {
            if (value instanceof JobDashboardLogger.JobDashboardLogLines lines) {
                Queue<JobDashboardLogger.JobDashboardLogLine> queue = lines.getLogLines();
                for (int excess = queue.size() - most; excess > 0; excess--) {
                    queue.poll();
                }
            }
        }
    }
}
