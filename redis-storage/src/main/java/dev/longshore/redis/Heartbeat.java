package dev.longshore.redis;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobVersioner;
import org.jobrunr.jobs.states.EnqueuedState;
import org.jobrunr.jobs.states.JobState;
import org.jobrunr.jobs.states.ScheduledState;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.storage.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that servers of this process live, and gives jobs back that nobody runs any more: those of servers that say so no
 * longer, and those that were claimed for a server here but whose claim's answer never arrived.
 *
 * <p>A server that says nothing for one heartbeat is lost, and there are four of these in one: so its jobs come back within
 * two heartbeats. Given back, a job has used up no retry, unless it lost its worker {@link #MOST_LOSSES} times: then it may
 * be what kills them, and counts as failed.
 */
final class Heartbeat {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

    static final int MOST_LOSSES = 3;

    /** How the reason of a loss begins in a job's history, by which losses are counted. */
    private static final String GIVEN_BACK = "Given back: ";

    /** Why a job comes back that its worker, told to stop, had not ended: no loss, as that is no fault of the job's. */
    static final String STOPPED = "its worker was stopped";

    private static final Set<StateName> ENDS = EnumSet.of(StateName.SUCCEEDED, StateName.FAILED, StateName.DELETED);

    private final Redis redis;
    private final Keys keys;
    private final JobStore jobs;
    private final Duration lease;
    private final Clock clock;

    Heartbeat(Redis redis, Keys keys, JobStore jobs, Duration lease, Clock clock) {
        this.redis = redis;
        this.keys = keys;
        this.jobs = jobs;
        this.lease = lease;
        this.clock = clock;
    }

    /** Says that the server lives, and gives back what it can. */
    void beat(ServerSession session) {
        Instant start = clock.instant();
        List<?> answer = (List<?>) redis.call(
                Scripts.BEAT,
                keys.all(),
                List.of(Bytes.of(session.holder()), Bytes.of(lease.toMillis()), session.description()));
        Iterator<?> rest = answer.iterator();
        Set<UUID> claimed = new HashSet<>();
        List<Job> unknown = new ArrayList<>();
        List<Job> died = new ArrayList<>();
        List<Stored> lost = new ArrayList<>();
        boolean own = true;
        while (rest.hasNext()) {
            byte[] id = (byte[]) rest.next();
            if (id.length == 0) {
                own = false;
                continue;
            }
            Stored stored = new Stored(id, (byte[]) rest.next(), (byte[]) rest.next());
            if (!own) {
                lost.add(stored);
            } else if (claimed.add(Bytes.uuid(id))
                    && !session.has(Bytes.uuid(id), stored.since())
                    // Younger ones may be in an answer that is on its way.
                    && stored.since().isBefore(start.minus(lease))) {
                Job job = jobs.find(Bytes.uuid(id));
                if (job != null && job.getState() == StateName.PROCESSING) {
                    (session.hasDied(job.getId()) ? died : unknown).add(job);
                }
            }
        }
        session.forgetAllBut(claimed, start.minus(lease));
        giveBackJobs(unknown, "the answer to its claim was lost");
        giveBackJobs(died, "it ended its worker's thread");
        giveBack(lost, "its worker stopped answering");
    }

    private static final class Stored {
        private final byte[] id;
        private final byte[] claim;
        private final byte[] record;

        Stored(byte[] id, byte[] claim, byte[] record) {
            this.id = id;
            this.claim = claim;
            this.record = record;
        }

        Instant since() {
            return Claim.of(claim).since();
        }
    }

    private void giveBack(List<Stored> stored, String reason) {
        List<Job> found = new ArrayList<>();
        for (Stored one : stored) {
            if (one.record.length > 0) {
                Job job = jobs.read(one.id, one.record, one.claim);
                if (job != null) {
                    found.add(job);
                }
            }
        }
        giveBackJobs(found, reason);
    }

    /** How often it lost its worker since it last ended: whoever enqueues it again after that wants it tried anew. */
    private static long losses(Job job) {
        long losses = 0;
        List<JobState> history = job.getJobStates();
        for (int i = history.size() - 1; i >= 0 && !ENDS.contains(history.get(i).getName()); i--) {
            if (history.get(i) instanceof ScheduledState state
                    && state.getReason() != null
                    && state.getReason().startsWith(GIVEN_BACK)
                    && !state.getReason().endsWith(STOPPED)) {
                losses++;
            }
        }
        return losses;
    }

    /** Puts jobs that are PROCESSING back into their queues; those that changed meanwhile are let alone. */
    void giveBackJobs(List<Job> processing, String reason) {
        List<Job> back = new ArrayList<>();
        for (Job job : processing) {
            long losses = losses(job);
            if (!reason.equals(STOPPED) && losses >= MOST_LOSSES) {
                job.failed(
                        "Its worker was lost " + (losses + 1) + " times while it ran",
                        new StorageException("lost again: " + reason));
                back.add(job);
            } else {
                Instant now = clock.instant();
                back.add(JobCodec.with(job, new ScheduledState(now, GIVEN_BACK + reason, now), new EnqueuedState(now)));
            }
        }
        if (back.isEmpty()) {
            return;
        }
        List<JobVersioner> versioners = back.stream().map(JobVersioner::new).toList();
        List<Job> conflicts = jobs.saveThoseThatFit(back);
        for (JobVersioner versioner : versioners) {
            versioner.close();
        }
        back.removeAll(conflicts);
        for (Job job : back) {
            LOG.warn("job {} ({}) was given back: {}", job.getId(), job.getJobName(), reason);
        }
    }
}
