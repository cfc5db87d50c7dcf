package dev.longshore.worker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import dev.longshore.redis.JobGivenBackException;
import java.lang.reflect.Constructor;
import java.util.UUID;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobDetails;
import org.jobrunr.server.BackgroundJobPerformer;
import org.jobrunr.storage.ConcurrentJobModificationException;
import org.junit.jupiter.api.Test;

class GivenBackJobsTest {
    private final LoggerContext context = new LoggerContext();
    private final GivenBackJobs filter = new GivenBackJobs();
    private final Job job = new Job(UUID.randomUUID(), new JobDetails("a.B", null, "run", java.util.List.of()));

    private ILoggingEvent error(Class<?> logger, Throwable thrown) {
        Logger of = context.getLogger(logger);
        return new LoggingEvent("here", of, Level.ERROR, "could not update job to FAILED state", thrown, null);
    }

    private Throwable givenBack() throws ReflectiveOperationException {
        // Only the store makes one.
        Constructor<JobGivenBackException> constructor = JobGivenBackException.class.getDeclaredConstructor(Job.class);
        constructor.setAccessible(true);
        return constructor.newInstance(job);
    }

    @Test
    void keepsOnlyThatErrorOut() throws ReflectiveOperationException {
        assertThat(filter.decide(error(BackgroundJobPerformer.class, givenBack())))
                .isEqualTo(FilterReply.DENY);
        assertThat(filter.decide(error(BackgroundJobPerformer.class, new ConcurrentJobModificationException(job))))
                .isEqualTo(FilterReply.NEUTRAL);
        assertThat(filter.decide(error(GivenBackJobsTest.class, givenBack()))).isEqualTo(FilterReply.NEUTRAL);
        assertThat(filter.decide(new LoggingEvent(
                        "here", context.getLogger(BackgroundJobPerformer.class), Level.ERROR, "", null, null)))
                .isEqualTo(FilterReply.NEUTRAL);
    }
}
