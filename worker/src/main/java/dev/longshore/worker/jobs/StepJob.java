package dev.longshore.worker.jobs;

import dev.longshore.run.RunId;

/**
 * Runs one step of a run.
 *
 * @param runId as text: jobs are stored as JSON
 */
public record StepJob(String runId, String step) implements RunJob {
    /** What a queue's name may have: a job's label holds it. */
    private static final int LONGEST_QUEUE = 39;

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

    /** Each step has a queue of its own, so that each can be limited, paused and given to other workers. */
    @Override
    public String queue() {
        return step.substring(0, Math.min(step.length(), LONGEST_QUEUE));
    }

    @Override
    public String work() {
        return step;
    }

    @Override
    public Class<StepHandler> getJobRequestHandler() {
        return StepHandler.class;
    }
}
