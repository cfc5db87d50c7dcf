package dev.longshore.worker.jobs;

import dev.longshore.run.DueRun;
import dev.longshore.run.RunId;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Sees whether a run can start, and starts it.
 *
 * @param runId as text: jobs are stored as JSON
 * @param occasion why it is looked at: a run that had to wait is looked at again
 */
public record PreflightJob(String runId, String occasion) implements RunJob {
    PreflightJob(RunId run, DueRun.Occasion occasion) {
        this(run.value(), occasion.text());
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
    public String queue() {
        return "preflight";
    }

    @Override
    public UUID id() {
        return UUID.nameUUIDFromBytes((runId + "/preflight/" + occasion).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Class<PreflightHandler> getJobRequestHandler() {
        return PreflightHandler.class;
    }
}
