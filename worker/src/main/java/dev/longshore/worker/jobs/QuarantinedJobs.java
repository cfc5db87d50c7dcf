package dev.longshore.worker.jobs;

import dev.longshore.redis.Quarantine;
import dev.longshore.redis.RedisStorageProvider;
import dev.longshore.run.DueRun;
import dev.longshore.run.Run;
import dev.longshore.run.RunId;
import dev.longshore.run.RunQuery;
import dev.longshore.run.RunState;
import dev.longshore.run.RunStore;
import dev.longshore.step.StepFailure;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.storage.JobNotFoundException;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends runs that would wait for ever, because a job of theirs is in quarantine. What such a job says is never looked at:
 * which runs wait for it follows from its id, which is derived from the run and the work.
 *
 * <p>A run that is queued or parked needs no help: its preflight is enqueued again for as long as it has not begun. One whose
 * job is not kept in quarantine any more gets none: that a job is absent proves nothing while the one before it is tried again.
 */
public final class QuarantinedJobs {
    private static final Logger LOG = LoggerFactory.getLogger(QuarantinedJobs.class);

    private static final int PAGE = 500;

    private final RunStore runs;
    private final RedisStorageProvider storage;
    private final Clock clock;
    /** How many jobs had ever been put aside when this last looked at all of them. */
    private long seen;

    /** @param storage where the jobs of the runs are; stays open */
    public QuarantinedJobs(RunStore runs, RedisStorageProvider storage, Clock clock) {
        storage.setJobMapper(new JobMapper(new JacksonJsonMapper()));
        this.runs = runs;
        this.storage = storage;
        this.clock = clock;
    }

    /**
     * Ends those that wait for what was put aside since this was last called; one question to Redis if nothing was.
     *
     * @return the runs that were ended
     */
    public synchronized List<RunId> look() {
        long ever = storage.quarantine().list(0, 1).ever();
        if (ever == seen) {
            return List.of();
        }
        // The entries first: a run that waits for one of them began to before it was put aside.
        Set<String> suspects = suspects();
        List<RunId> ended = new ArrayList<>();
        RunQuery running = RunQuery.newest(PAGE).in(RunState.RUNNING);
        List<Run> page = suspects.isEmpty() ? List.of() : runs.list(running);
        // Only the last is empty: what cannot be read shortens none.
        while (!page.isEmpty()) {
            page.forEach(run -> missing(run, suspects).ifPresent(job -> end(run, job, ended)));
            page = runs.list(running.after(page.get(page.size() - 1).id()));
        }
        seen = ever;
        return ended;
    }

    private Set<String> suspects() {
        Set<String> names = new HashSet<>();
        List<Quarantine.Entry> page;
        int offset = 0;
        do {
            page = storage.quarantine().list(offset, PAGE).entries();
            page.forEach(entry -> names.add(entry.name()));
            offset += page.size();
        } while (page.size() == PAGE);
        return names;
    }

    /** A job in quarantine without which the run cannot go on. */
    private Optional<RunJob> missing(Run run, Set<String> suspects) {
        List<RunJob> awaited = JobChain.awaited(run);
        Optional<RunJob> step = firstMissing(awaited.stream(), suspects);
        boolean hasBegun = run.steps().stream().anyMatch(one -> one.attempt() > 0) || run.stepsAreOver();
        if (step.isPresent() || hasBegun || awaited.stream().anyMatch(job -> isThere(job.id()))) {
            return step;
        }
        List<DueRun.Occasion> occasions = DueRun.Occasion.in(runs.events(run.id(), 0, RunStore.EVENTS_KEPT));
        return firstMissing(occasions.stream().map(occasion -> new PreflightJob(run.id(), occasion)), suspects);
    }

    private Optional<RunJob> firstMissing(Stream<? extends RunJob> jobs, Set<String> suspects) {
        // A genuine one may have come under the same id after the suspect was put aside.
        return jobs.<RunJob>map(job -> job)
                .filter(job -> suspects.contains(entry(job)) && !isThere(job.id()))
                .findFirst();
    }

    private boolean isThere(UUID job) {
        try {
            storage.getJobById(job);
            return true;
        } catch (JobNotFoundException e) {
            return false;
        }
    }

    private void end(Run run, RunJob job, List<RunId> ended) {
        StepFailure failure = new StepFailure.JobQuarantined(job.title(), entry(job));
        LOG.error("run {} failed: {}", run.id(), failure.message());
        runs.update(run.id(), before -> before.failedUnlessOver(failure, clock.instant()));
        ended.add(run.id());
    }

    private static String entry(RunJob job) {
        return "job:" + job.id();
    }
}
