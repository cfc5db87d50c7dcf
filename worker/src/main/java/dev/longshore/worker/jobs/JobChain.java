package dev.longshore.worker.jobs;

import dev.longshore.pipeline.StepSpec;
import dev.longshore.run.DueRun;
import dev.longshore.run.Run;
import dev.longshore.run.RunState;
import dev.longshore.run.StepRun;
import dev.longshore.run.StepState;
import java.util.List;
import java.util.stream.Stream;
import org.jobrunr.scheduling.JobBuilder;
import org.jobrunr.scheduling.JobRequestScheduler;

/**
 * Which job comes after which. Each handler calls {@link #next} as its last act, outside of every filter and listener, so
 * that a failure to enqueue fails the job, which is then tried again.
 */
final class JobChain {
    private final JobRequestScheduler scheduler;
    private final Runnable wakeUp;

    /** @param wakeUp tells idle workers that there is work */
    JobChain(JobRequestScheduler scheduler, Runnable wakeUp) {
        this.scheduler = scheduler;
        this.wakeUp = wakeUp;
    }

    void preflight(Run run, DueRun.Occasion occasion) {
        enqueue(new PreflightJob(run.id(), occasion), run);
    }

    /** Enqueues what can start now that the run is as it is; whatever is enqueued already stays as it is. */
    void next(Run run) {
        if (run.state() != RunState.RUNNING) {
            return;
        }
        if (run.stepsAreOver()) {
            enqueue(new PublishJob(run.id()), run);
            return;
        }
        for (StepSpec step : run.ready()) {
            if (run.step(step.name()).attempt() == 0) {
                enqueue(new StepJob(run.id(), step.name()), run);
            }
        }
    }

    /** The jobs that a run waits for; of a running one that has no step yet, its preflight may be under way instead. */
    static List<RunJob> awaited(Run run) {
        return switch (run.state()) {
            case QUEUED, PARKED -> List.of(new PreflightJob(run.id(), DueRun.Occasion.NEW));
            case RUNNING ->
                run.stepsAreOver()
                        ? List.of(new PublishJob(run.id()))
                        : Stream.concat(
                                        run.ready().stream().map(StepSpec::name),
                                        run.steps().stream()
                                                .filter(step -> step.state() == StepState.RUNNING)
                                                .map(StepRun::name))
                                .<RunJob>map(step -> new StepJob(run.id(), step))
                                .toList();
            default -> List.of();
        };
    }

    private void enqueue(RunJob job, Run run) {
        JobTitle title = JobTitle.of(job, run);
        scheduler.create(JobBuilder.aJob()
                .withId(job.id())
                .withName(title.name())
                .withLabels(title.labels())
                .withJobRequest(job));
        wakeUp.run();
    }
}
