package dev.longshore.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.context.JobDashboardLogger;

/** The log that a job writes for the dashboard. It is part of the job, and JobRunr itself never shortens it. */
final class DashboardLog {
    private DashboardLog() {}

    /** Leaves the last {@code most} lines of each attempt. */
    static void cap(Job job, int most) {
        for (Queue<?> lines : logs(job)) {
            for (int excess = lines.size() - most; excess > 0; excess--) {
                lines.poll();
            }
        }
    }

    /** The number of lines of the attempt that has the most. */
    static int longest(Job job) {
        return logs(job).stream().mapToInt(Queue::size).max().orElse(0);
    }

    private static List<Queue<?>> logs(Job job) {
        if (job.getMetadata().isEmpty()) {
            return List.of();
        }
        List<Queue<?>> logs = new ArrayList<>();
        for (Object value : job.getMetadata().values()) {
            if (value instanceof JobDashboardLogger.JobDashboardLogLines lines) {
                logs.add(lines.getLogLines());
            }
        }
        return logs;
    }
}
