package dev.longshore.worker.jobs;

import dev.longshore.run.DueRun;
import dev.longshore.run.Run;
import dev.longshore.step.StepFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.server.JobActivator;
import org.jobrunr.server.configuration.BackgroundJobServerWorkerPolicy;
import org.jobrunr.storage.InMemoryStorageProvider;
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

    /** How long jobs that run when a server in memory is closed may take to end, before they are interrupted. */
    private static final Duration STOP_WAIT = Duration.ofSeconds(5);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    /**
     * After how many polls without a sign JobRunr gives a job or a server up. In a store of its own no other server could
     * take the job, and a process that gets no processor time for a second would lose it to itself.
     */
    private static final int NEVER = Integer.MAX_VALUE;

    private static final int FEW = 4;

    /** Interrupted jobs end by themselves; this is for those that do not. */
    private static final Duration LAST_WAIT = Duration.ofSeconds(45);

    private final Services services;
    private final StorageProvider storage;
    private final BackgroundJobServer server;
    private final JobChain chain;
    private final ScheduledThreadPoolExecutor timers;
    private final ActiveJobs active = new ActiveJobs();
    private final LostJobs lostJobs;

    /**
     * How a server works.
     *
     * @param name what the dashboard calls it
     * @param workers how many jobs run at once
     * @param policy finds jobs for the workers; empty for JobRunr's own
     * @param pollInterval how often the server looks for jobs that it was not woken for
     * @param silentPolls after how many polls without a sign a job, or its server, counts as lost; JobRunr's least is 4
     * @param stopWait how long jobs may take to end when it is stopped, before they are interrupted
     */
    public record Settings(
            String name,
            int workers,
            Optional<BackgroundJobServerWorkerPolicy> policy,
            Duration pollInterval,
            int silentPolls,
            Duration stopWait) {

        /** With JobRunr's own way of finding jobs, in a store that no other process has. */
        public static Settings alone(String name, int workers, Duration pollInterval) {
            return new Settings(name, workers, Optional.empty(), pollInterval, NEVER, STOP_WAIT);
        }

        /** With others on the same store, whose own way of finding jobs and lost ones is used. */
        public static Settings shared(
                String name,
                int workers,
                BackgroundJobServerWorkerPolicy policy,
                Duration pollInterval,
                Duration stopWait) {
            return new Settings(name, workers, Optional.of(policy), pollInterval, FEW, stopWait);
        }
    }

    /** @param storage where the jobs are kept; closed with the server */
    public JobServer(Services services, StorageProvider storage, Settings settings) {
        JacksonJsonMapper json = new JacksonJsonMapper();
        storage.setJobMapper(new JobMapper(json));
        this.services = services;
        this.storage = storage;
        this.timers = newTimers();
        this.lostJobs = new LostJobs(services.runs(), storage, services.clock());
        this.chain =
                new JobChain(new JobRequestScheduler(storage), settings.policy().isPresent() ? () -> {} : this::wakeUp);
        Map<Class<?>, Object> handlers = Map.of(
                PreflightHandler.class, new PreflightHandler(services, chain, timers, active),
                StepHandler.class, new StepHandler(services, chain, timers, active),
                PublishHandler.class, new PublishHandler(services, timers, active));
        BackgroundJobServerConfiguration configuration =
                BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                        .andName(settings.name())
                        .andWorkerCount(settings.workers())
                        .andPollInterval(settings.pollInterval())
                        .andServerTimeoutPollIntervalMultiplicand(settings.silentPolls())
                        .andInterruptJobsAwaitDurationOnStopBackgroundJobServer(settings.stopWait());
        settings.policy().ifPresent(configuration::andBackgroundJobServerWorkerPolicy);
        this.server = new BackgroundJobServer(storage, json, new Handlers(handlers), configuration);
        server.setJobFilters(List.of(new RetryPolicy(this::givenUp)));
    }

    /** A server of this process alone: its jobs are gone when it is closed. */
    public static JobServer inMemory(Services services, int workers, Duration pollInterval) {
        return new JobServer(
                services, new InMemoryStorageProvider(), Settings.alone("longshore", workers, pollInterval));
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
        chain.preflight(services.runs().get(run.id()), DueRun.Occasion.NEW);
    }

    /** Has the run looked at, for an occasion that its store tells of. */
    public void enqueue(DueRun due) {
        services.runs().find(due.run()).ifPresent(run -> {
            chain.preflight(run, due.occasion());
            lostJobs.look(run, new PreflightJob(run.id(), due.occasion()));
        });
    }

    /** Ends the runs that wait for jobs which will not end any more. */
    public void endRunsOfLostJobs() {
        lostJobs.look();
    }

    /** Tells of each step of this process that has moved since, in the events of its run and in the dashboard. */
    public void tellProgress() {
        services.progress().tell();
    }

    /** How many jobs run in this process now. */
    public int activeJobs() {
        return active.count();
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

    /**
     * Takes no more jobs, lets those that run go on for {@code grace}, then interrupts them; they go back into their queue
     * and use up no attempt by it.
     *
     * @param hurry ends the grace at once when it is counted down
     * @param afterGrace called when nothing is left to do but to give jobs back
     * @return whether all jobs have ended
     */
    public boolean drain(Duration grace, CountDownLatch hurry, Runnable afterGrace) throws InterruptedException {
        Thread stopping = new Thread(server::stop, "longshore-drain");
        stopping.start();
        long deadline = System.nanoTime() + grace.toNanos();
        while (hurry.getCount() > 0 && System.nanoTime() < deadline && !active.awaitNone(LOOK_AGAIN)) {
            LOG.debug("{} jobs are at work still", active.count());
        }
        afterGrace.run();
        active.interrupt();
        boolean ended = active.awaitNone(LAST_WAIT);
        // JobRunr stores how each job ended after its handler did.
        stopping.join(LAST_WAIT.toMillis());
        return ended;
    }

    @Override
    public void close() {
        server.stop();
        timers.shutdownNow();
        storage.close();
    }
}
