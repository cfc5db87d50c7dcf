package dev.longshore.worker.jobs;

import dev.longshore.run.Run;
import dev.longshore.step.StepFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.server.JobActivator;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JobRunr with our jobs: takes runs in and works on them. Made without JobRunr's static configuration, so that a process
 * can have several, as tests do.
 */
public final class JobServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobServer.class);

    /** How long jobs that run when the server is closed may take to end, before they are interrupted. */
    private static final Duration STOP_WAIT = Duration.ofSeconds(5);

    private final Services services;
    private final StorageProvider storage;
    private final BackgroundJobServer server;
    private final JobChain chain;
    private final ScheduledThreadPoolExecutor timers;
    private final ActiveJobs active = new ActiveJobs();

    /**
     * @param storage where the jobs are kept; closed with the server
     * @param workers how many jobs run at once
     * @param pollInterval how often the server looks for jobs that it was not woken for
     */
    public JobServer(Services services, StorageProvider storage, int workers, Duration pollInterval) {
        JacksonJsonMapper json = new JacksonJsonMapper();
        storage.setJobMapper(new JobMapper(json));
        this.services = services;
        this.storage = storage;
        this.timers = newTimers();
        this.chain = new JobChain(new JobRequestScheduler(storage), this::wakeUp);
        Map<Class<?>, Object> handlers = Map.of(
                PreflightHandler.class, new PreflightHandler(services, chain, timers, active),
                StepHandler.class, new StepHandler(services, chain, timers, active),
                PublishHandler.class, new PublishHandler(services, timers, active));
        this.server = new BackgroundJobServer(
                storage,
                json,
                new Handlers(handlers),
                BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                        .andWorkerCount(workers)
                        .andPollInterval(pollInterval)
                        .andInterruptJobsAwaitDurationOnStopBackgroundJobServer(STOP_WAIT));
        server.setJobFilters(List.of(new RetryPolicy(this::givenUp)));
    }

    private void givenUp(RunJob job, Exception cause) {
        LOG.error("{} of {} is given up", job.title(), job.run(), cause);
        StepFailure failure = StepFailures.of(cause);
        services.runs()
                .update(
                        job.run(),
                        run -> run.failedUnlessOver(failure, services.clock().instant()));
    }

    private static ScheduledThreadPoolExecutor newTimers() {
        ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "longshore-timer");
            thread.setDaemon(true);
            return thread;
        });
        // A deadline that was met may lie days ahead: it would keep its thread and run until then.
        timers.setRemoveOnCancelPolicy(true);
        return timers;
    }

    /** Gives JobRunr the handlers that were made for it. */
    private record Handlers(Map<Class<?>, Object> byType) implements JobActivator {
        @Override
        public <T> T activateJob(Class<T> type) {
            Object handler = byType.get(type);
            if (handler == null) {
                throw new IllegalArgumentException("no handler " + type.getName());
            }
            return type.cast(handler);
        }
    }

    public void start() {
        server.start();
    }

    /** Takes a run in. A run of the same id is taken in once, however often this is called. */
    public void enqueue(Run run) {
        services.runs().create(run);
        chain.first(services.runs().get(run.id()));
    }

    /** Whether JobRunr still works: it stops by itself when its store fails it too often. */
    public boolean isRunning() {
        return server.isRunning();
    }

    /** Makes JobRunr look for work now: it would at the next poll, or when a job ends. */
    private void wakeUp() {
        if (!server.isNotReadyToProcessJobs()) {
            // A worker thread that comes and goes is the one public sign that JobRunr looks for work at.
            server.getJobSteward().notifyThreadOccupied();
            server.getJobSteward().notifyThreadIdle();
        }
    }

    /**
     * Takes no more jobs and waits for those that run: JobRunr itself waits some seconds only and then leaves its threads
     * to themselves, while a step may still be removing its container.
     *
     * @return whether all jobs have ended
     */
    public boolean stop(Duration patience) throws InterruptedException {
        server.stop();
        return active.awaitNone(patience);
    }

    @Override
    public void close() {
        server.stop();
        timers.shutdownNow();
        storage.close();
    }
}
