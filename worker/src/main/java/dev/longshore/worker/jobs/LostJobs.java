package dev.longshore.worker.jobs;

import dev.longshore.run.Run;
import dev.longshore.run.RunState;
import dev.longshore.run.RunStore;
import dev.longshore.step.StepFailure;
import dev.longshore.worker.runs.UnreadableRunException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.states.FailedState;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.storage.Paging.OffsetBasedPage;
import org.jobrunr.storage.StorageProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends runs that would wait for ever, because a job of theirs ended without its handler's doing: somebody deleted it in
 * the dashboard, or it took down every worker that ran it.
 */
final class LostJobs {
    private static final Logger LOG = LoggerFactory.getLogger(LostJobs.class);

    private static final int PAGE = 100;
    /** Of one look: what is left for another worker's, or the next. */
    private static final int MOST_PAGES = 50;
    /** Servers' clocks differ, and a job may be saved some time after it ended. */
    private static final Duration OVERLAP = Duration.ofMinutes(2);

    private final RunStore runs;
    private final StorageProvider storage;
    private final Clock clock;
    private Instant since = Instant.EPOCH;

    LostJobs(RunStore runs, StorageProvider storage, Clock clock) {
        this.runs = runs;
        this.storage = storage;
        this.clock = clock;
    }

    /** Looks at the jobs that ended since the last look, the first time at the latest ones. */
    synchronized void look() {
        Instant now = clock.instant();
        for (StateName state : new StateName[] {StateName.FAILED, StateName.DELETED}) {
            look(state);
        }
        since = now.minus(OVERLAP);
    }

    private void look(StateName state) {
        for (int number = 0; number < MOST_PAGES; number++) {
            List<Job> page = storage.getJobList(state, OffsetBasedPage.descOnUpdatedAt((long) number * PAGE, PAGE));
            for (Job job : page) {
                for (Object parameter : job.getJobDetails().getJobParameterValues()) {
                    if (parameter instanceof RunJob runJob) {
                        lookUnlessUnreadable(job, runJob);
                    }
                }
            }
            if (page.size() < PAGE || page.get(PAGE - 1).getUpdatedAt().isBefore(since)) {
                return;
            }
        }
    }

    /** A run that somebody else wrote, or a newer version, keeps no other from its end. */
    private void lookUnlessUnreadable(Job job, RunJob what) {
        try {
            look(job, what);
        } catch (UnreadableRunException e) {
            LOG.debug("run {} is left alone", what.run(), e);
        }
    }

    private void look(Job job, RunJob what) {
        runs.find(what.run()).filter(run -> waitsFor(run, what)).ifPresent(run -> {
            if (job.getState() == StateName.DELETED) {
                // A job that is deleted after it succeeded is only tidied away.
                if (job.getJobStates().stream().noneMatch(state -> state.getName() == StateName.SUCCEEDED)) {
                    LOG.warn("run {} is cancelled: its {} was deleted", run.id(), what.title());
                    runs.update(run.id(), before -> before.cancelledUnlessOver(clock.instant()));
                }
                return;
            }
            String why = job.<FailedState>getJobState().getMessage();
            LOG.error("run {} failed: its {} is given up: {}", run.id(), what.title(), why);
            runs.update(
                    run.id(),
                    before -> before.failedUnlessOver(
                            new StepFailure.Unexpected(what.title() + " was given up: " + why), clock.instant()));
        });
    }

    /** Whether the run cannot go on without the job. */
    private static boolean waitsFor(Run run, RunJob what) {
        if (run.state().isFinal()) {
            return false;
        }
        if (what instanceof StepJob step) {
            return !run.step(step.step()).state().isFinal();
        }
        if (what instanceof PreflightJob) {
            return run.state() != RunState.PARKED
                    && !run.stepsAreOver()
                    && run.steps().stream().allMatch(step -> step.attempt() == 0);
        }
        return true;
    }
}
