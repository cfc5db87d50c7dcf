package dev.longshore.redis;

import org.jobrunr.jobs.Job;
import org.jobrunr.storage.ConcurrentJobModificationException;

/**
 * A job was interrupted as its server was stopped, and went back into its queue: that it failed here is not stored. JobRunr
 * logs it as an error although all is as it should be, and this type tells a log's filter so.
 */
public final class JobGivenBackException extends ConcurrentJobModificationException {
    private static final long serialVersionUID = 1;

    JobGivenBackException(Job job) {
        super(job);
    }
}
