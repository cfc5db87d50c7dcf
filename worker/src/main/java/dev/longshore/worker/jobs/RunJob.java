package dev.longshore.worker.jobs;

import dev.longshore.run.RunId;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jobrunr.jobs.lambdas.JobRequest;

/** A job of a run. Its id is derived from what it does, so that enqueuing it twice is once. Jobs and their handlers are
 * public because JobRunr calls them by reflection. */
public interface RunJob extends JobRequest {
    RunId run();

    /** What it does; its id is derived from this. */
    String title();

    /** The same in a word, as people read it in the dashboard. */
    default String work() {
        return title();
    }

    /** The queue that it waits in, where the store has queues. */
    String queue();

    /** The same for the same work, whoever enqueues it. */
    default UUID id() {
        return UUID.nameUUIDFromBytes((run() + "/" + title()).getBytes(StandardCharsets.UTF_8));
    }
}
