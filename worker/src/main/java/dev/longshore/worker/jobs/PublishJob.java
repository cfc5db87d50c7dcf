package dev.longshore.worker.jobs;

import dev.longshore.run.RunId;

/**
 * Merges the parts of a run whose steps are over, and publishes the graph.
 *
 * @param runId as text: jobs are stored as JSON
 */
public record PublishJob(String runId) implements RunJob {
    PublishJob(RunId run) {
        this(run.value());
    }

    @Override
    public RunId run() {
        return new RunId(runId);
    }

    @Override
    public String title() {
        return "publish";
    }

    @Override
    public String queue() {
        return "publish";
    }

    @Override
    public Class<PublishHandler> getJobRequestHandler() {
        return PublishHandler.class;
    }
}
