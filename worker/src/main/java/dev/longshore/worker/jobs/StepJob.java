package dev.longshore.worker.jobs;

import dev.longshore.run.RunId;

/**
 * Runs one step of a run.
 *
 * @param runId as text: jobs are stored as JSON
 */
public record StepJob(String runId, String step) implements RunJob {
    StepJob(RunId run, String step) {
        this(run.value(), step);
    }

    @Override
    public RunId run() {
        return new RunId(runId);
    }

    @Override
    public String title() {
        return "step " + step;
    }

    @Override
    public Class<StepHandler> getJobRequestHandler() {
        return StepHandler.class;
    }
}
