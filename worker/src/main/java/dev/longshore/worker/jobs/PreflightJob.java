package dev.longshore.worker.jobs;

import dev.longshore.run.RunId;

/**
 * Sees whether a run can start, and starts it.
 *
 * @param runId as text: jobs are stored as JSON
 */
public record PreflightJob(String runId) implements RunJob {
    PreflightJob(RunId run) {
        this(run.value());
    }

    @Override
    public RunId run() {
        return new RunId(runId);
    }

    @Override
    public String title() {
        return "preflight";
    }

    @Override
    public Class<PreflightHandler> getJobRequestHandler() {
        return PreflightHandler.class;
    }
}
