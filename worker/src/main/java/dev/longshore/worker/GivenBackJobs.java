package dev.longshore.worker;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import dev.longshore.redis.JobGivenBackException;

/**
 * Keeps one error of JobRunr's out of the log: that it could not store as failed what its own server interrupted as it was
 * stopped. Such a job is back in its queue, which is not an error but how a worker stops. Named in {@code logback.xml}.
 */
public final class GivenBackJobs extends Filter<ILoggingEvent> {
    private static final String PERFORMER = "org.jobrunr.server.BackgroundJobPerformer";

    @Override
    public FilterReply decide(ILoggingEvent event) {
        boolean isGivenBack = event.getLoggerName().equals(PERFORMER)
                && event.getThrowableProxy() != null
                && event.getThrowableProxy().getClassName().equals(JobGivenBackException.class.getName());
        return isGivenBack ? FilterReply.DENY : FilterReply.NEUTRAL;
    }
}
