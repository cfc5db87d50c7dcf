package dev.longshore.worker.jobs;

import dev.longshore.run.Run;
import dev.longshore.run.RunState;
import dev.longshore.run.RunStore;
import dev.longshore.step.StepFailure;
import dev.longshore.worker.runs.UnreadableRunException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.states.FailedState;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.storage.JobNotFoundException;
import org.jobrunr.storage.StorageProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends runs that would wait for ever, because a job of theirs ended without its handler's doing: somebody deleted it in
 * the dashboard, or it took down every worker that ran it.
 */
final class LostJobs {
    private static final Logger LOG = LoggerFactory.getLogger(LostJobs.class);

    /** Of one look, for each state: what is left is for the next. */
    private static final EndedJobs.Bound BOUND = new EndedJobs.Bound(100, 50);

    private final RunStore runs;
    private final StorageProvider storage;
    private final Clock clock;
    private final List<EndedJobs> ended;

    LostJobs(RunStore runs, StorageProvider storage, Clock clock) {
        this(runs, storage, clock, BOUND);
    }

    /** @param bound how much one look takes in */
    LostJobs(RunStore runs, StorageProvider storage, Clock clock, EndedJobs.Bound bound) {
        this.runs = runs;
        this.storage = storage;
        this.clock = clock;
        this.ended = Stream.of(StateName.FAILED, StateName.DELETED)
                .map(state -> new EndedJobs(storage, state, bound))
                .toList();
    }

    /** Looks at the jobs that ended since the last look, and then at some of those that earlier looks left. */
    synchronized void look() {
        Instant now = clock.instant();
        ended.forEach(jobs -> jobs.look(now, this::look));
    }

    private void look(Job job) {
        for (Object parameter : job.getJobDetails().getJobParameterValues()) {
            if (parameter instanceof RunJob runJob) {
                lookUnlessUnreadable(job, runJob);
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
        runs.find(what.run()).filter(run -> waitsFor(run, what)).ifPresent(run -> end(run, job, what));
    }

    /**
     * Looks at the preflight that a parked run has now: of all that it has had, only who knows that it is due knows which it is, and
     * a job of its name is not made a second time.
     */
    void look(Run parked, PreflightJob due) {
        if (parked.state() != RunState.PARKED) {
            return;
        }
        try {
            Job job = storage.getJobById(due.id());
            if (job.getState() == StateName.FAILED || job.getState() == StateName.DELETED) {
                end(parked, job, due);
            }
        } catch (JobNotFoundException e) {
            LOG.debug("the preflight of run {} is over and gone", parked.id(), e);
        }
    }

    private void end(Run run, Job job, RunJob what) {
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
