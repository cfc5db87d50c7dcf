package dev.longshore.redis;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobVersioner;
import org.jobrunr.jobs.filters.JobFilterUtils;
import org.jobrunr.jobs.states.StateName;

/**
 * Enqueues scheduled jobs when they are due, as JobRunr's own poll does: but not up to a poll too early, and not up to one
 * too late.
 */
final class DueJobs {
    private static final int MOST = 500;

    /** How long others leave due jobs to the one that took them first. */
    private static final Duration LEASE = Duration.ofSeconds(5);

    private final Redis redis;
    private final Keys keys;
    private final JobStore jobs;
    private final Clock clock;

    DueJobs(Redis redis, Keys keys, JobStore jobs, Clock clock) {
        this.redis = redis;
        this.keys = keys;
        this.jobs = jobs;
        this.clock = clock;
    }

    /** Enqueues what is due, with the filters of that server; answers when the next one is. */
    Optional<Instant> enqueue(ServerSession session) {
        JobFilterUtils filters = new JobFilterUtils(session.server().getJobFilters());
        while (true) {
            Instant now = clock.instant();
            Iterator<?> answer = ((List<?>) redis.call(
                            Scripts.DUE,
                            keys.all(),
                            List.of(
                                    Bytes.of(Bytes.micros(now)),
                                    Bytes.of(Bytes.micros(now.plus(LEASE))),
                                    Bytes.of(MOST))))
                    .iterator();
            byte[] next = (byte[]) answer.next();
            if (!answer.hasNext()) {
                return next.length == 0 ? Optional.empty() : Optional.of(Bytes.instant(Bytes.number(next)));
            }
            List<Job> due = new ArrayList<>();
            while (answer.hasNext()) {
                Job job = jobs.read((byte[]) answer.next(), (byte[]) answer.next(), Bytes.NONE);
                // Put aside, or changed since.
                if (job != null && job.getState() == StateName.SCHEDULED) {
                    job.enqueue();
                    due.add(job);
                }
            }
            filters.runOnStateElectionFilter(due);
            List<JobVersioner> versioners = due.stream().map(JobVersioner::new).toList();
            // Changed meanwhile by somebody who had another wish for them: that holds.
            due.removeAll(jobs.saveThoseThatFit(due));
            versioners.forEach(JobVersioner::commitVersion);
            filters.runOnStateAppliedFilters(due);
        }
    }
}
