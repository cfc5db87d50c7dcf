package dev.longshore.worker.jobs;

import dev.longshore.run.RunEvent;
import dev.longshore.run.RunId;
import dev.longshore.run.RunStore;
import java.util.function.Consumer;
import org.jobrunr.jobs.context.JobContext;
import org.jobrunr.jobs.context.JobDashboardProgressBar;
import org.jspecify.annotations.Nullable;

/** Tells how far a step is where others look: in the run's events, and in the job's page of the dashboard. */
final class JobProgress implements Consumer<ProgressBoard.Position> {
    private final RunStore runs;
    private final RunId run;
    private final String step;
    private final JobContext job;
    private @Nullable JobDashboardProgressBar bar;
    private String message = "";

    JobProgress(RunStore runs, RunId run, String step, JobContext job) {
        this.runs = runs;
        this.run = run;
        this.step = step;
        this.job = job;
    }

    @Override
    public void accept(ProgressBoard.Position now) {
        if (now.total() > 0) {
            JobDashboardProgressBar shown = bar == null ? job.progressBar(now.total()) : bar;
            bar = shown;
            shown.setProgress(now.total(), Math.min(now.done(), now.total()), 0);
        }
        if (!now.message().equals(message)) {
            message = now.message();
            job.logger().info(message);
        }
        runs.progress(run, new RunEvent.StepProgressed(step, now.done(), now.total(), now.message()));
    }
}
