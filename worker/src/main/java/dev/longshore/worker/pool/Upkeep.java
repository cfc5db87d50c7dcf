package dev.longshore.worker.pool;

import dev.longshore.docker.ConnectionListener;
import dev.longshore.docker.ConnectionState;
import dev.longshore.docker.ConnectionStatus;
import dev.longshore.docker.DockerFailureException;
import dev.longshore.docker.GuardedDocker;
import dev.longshore.docker.Owner;
import dev.longshore.docker.ReapReport;
import dev.longshore.run.DueRun;
import dev.longshore.run.Run;
import dev.longshore.run.RunId;
import dev.longshore.run.RunState;
import dev.longshore.run.RunStore;
import dev.longshore.step.StepException;
import dev.longshore.worker.RunContainers;
import dev.longshore.worker.RunDirectory;
import dev.longshore.worker.jobs.JobServer;
import dev.longshore.worker.jobs.Services;
import dev.longshore.worker.jobs.StepFailures;
import dev.longshore.worker.runs.UnreadableRunException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each worker does for the pool besides its jobs: has runs started whose turn it is, ends those whose jobs are lost,
 * tells how far its steps are, and removes what is over. Every worker does all of it; whatever one of them finds done is
 * done.
 */
final class Upkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    private static final Duration TELL = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final Duration TIDY = Duration.ofSeconds(15);
    /** Also how often a parked run's daemon is asked for. */
    private static final Duration LEASE = Duration.ofSeconds(15);

    /**
     * Far more than it takes until a dead worker's jobs are in their queues again. A step may wait for longer until it can take over
     * what was left: that is removed then, and done anew, and holds no place in a quota for hours.
     */
    private static final Duration TAKE_OVER = Duration.ofMinutes(5);

    private static final int DUE_AT_ONCE = 100;

    /** A step that was cancelled may write for as long as its container takes to stop. */
    private static final Duration STILL_WRITING = Duration.ofMinutes(1);
    /** A directory without a run: the run was removed, or Redis has been emptied. */
    private static final Duration ABANDONED = Duration.ofDays(1);

    private final JobServer server;
    private final Services services;
    private final Owner owner;
    private final PoolWorker.Preparation preparation;
    private final Retention retention;
    private final Outage docker = new Outage("Docker", "Runs that need it are parked until it is back.");
    private final ScheduledExecutorService telling = executor("longshore-progress");
    private final ScheduledExecutorService tidying = executor("longshore-upkeep");
    private final RunStore.Subscription subscription;
    private final List<Future<?>> tasks;
    /** Those that this worker has taken for now, and that wait for its daemon; of the upkeep's own thread. */
    private final Map<RunId, DueRun> waiting = new LinkedHashMap<>();

    private volatile Optional<ConnectionListener.Subscription> connection = Optional.empty();

    /** How long runs that are over are kept, and how many. */
    record Retention(int most, Duration longest) {
        static final Retention STANDARD = new Retention(1_000, Duration.ofDays(30));
    }

    /** @param quarantined ends the runs whose jobs are in quarantine */
    Upkeep(
            JobServer server,
            Services services,
            Owner owner,
            PoolWorker.Preparation preparation,
            Runnable quarantined,
            Retention retention) {
        this.server = server;
        this.services = services;
        this.owner = owner;
        this.preparation = preparation;
        this.retention = retention;
        this.subscription = services.runs().subscribeAll(this::changed);
        this.tasks = List.of(
                every(TELL, telling, server::tellProgress),
                every(LOOK, tidying, this::lookForDocker),
                every(LOOK, tidying, this::startDue),
                every(TIDY, tidying, this::reap),
                every(TIDY, tidying, server::endRunsOfLostJobs),
                every(TIDY, tidying, quarantined),
                every(TIDY, tidying, this::removeOld));
    }

    private static ScheduledExecutorService executor(String name) {
        return Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    private static Future<?> every(Duration period, ScheduledExecutorService executor, Runnable task) {
        return executor.scheduleWithFixedDelay(() -> attempt(task), 0, period.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What fails now is done the next time: an exception, or a class that is not there, would end it for good. */
    private static void attempt(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.warn("a part of a worker's upkeep failed and is tried again soon: {}", e.toString());
            LOG.debug("where", e);
        }
    }

    /** A run that ends makes room for the next of its repository: at once. */
    private void changed(Run run) {
        noteDocker(run);
        if (run.state().isFinal()) {
            try {
                tidying.execute(() -> attempt(this::startDue));
                if (run.state() == RunState.SUCCEEDED || run.state() == RunState.DEGRADED) {
                    tidying.execute(() -> attempt(() -> remove(directory(run.id()))));
                }
            } catch (RejectedExecutionException e) {
                LOG.debug("run {} ended while this worker ends: another sees to it", run.id());
            }
        }
    }

    /** Whether it is this worker's daemon too that a run found away. */
    private void noteDocker(Run run) {
        boolean away = run.failure().filter(StepFailures::isDockerAway).isPresent()
                || run.steps().stream()
                        .anyMatch(step -> step.failure()
                                .filter(StepFailures::isDockerAway)
                                .isPresent());
        if (away && !run.state().isFinal() && !docker.isOn()) {
            try {
                tidying.execute(() -> attempt(this::dockerAnswers));
            } catch (RejectedExecutionException e) {
                LOG.debug("this worker ends: Docker is no matter of its any more");
            }
        }
    }

    private void lookForDocker() {
        if (docker.isOn()) {
            dockerAnswers();
        }
    }

    private RunDirectory directory(RunId id) {
        return RunDirectory.of(services.work(), id);
    }

    /** The daemon answers again: what waits for it here need not wait until it is looked at the next time. */
    private void dockerIsBack(ConnectionState before, ConnectionStatus now) {
        boolean back = now.state().reachable() && !before.reachable() && before != ConnectionState.UNTRIED;
        if (back) {
            try {
                tidying.execute(() -> attempt(this::resume));
            } catch (RejectedExecutionException e) {
                LOG.debug("Docker came back while this worker ends: another sees to what waits for it");
            }
        }
    }

    private void resume() {
        if (dockerAnswers()) {
            List<DueRun> turns = List.copyOf(waiting.values());
            waiting.clear();
            // Enqueued under a name of its own: whoever else does so too, does nothing more.
            turns.forEach(due -> attempt(() -> server.enqueue(due)));
        }
        startDue();
    }

    private GuardedDocker docker() throws StepException {
        GuardedDocker client = services.docker().client();
        if (connection.isEmpty()) {
            connection = Optional.of(client.listen(this::dockerIsBack));
        }
        return client;
    }

    private void startDue() {
        Optional<Boolean> docker = Optional.empty();
        for (DueRun due : services.runs().due(services.clock().instant(), LEASE, DUE_AT_ONCE)) {
            if (due.occasion().needsDocker()) {
                if (docker.isEmpty()) {
                    docker = Optional.of(dockerAnswers());
                }
                if (!docker.get()) {
                    if (waiting.size() < DUE_AT_ONCE) {
                        waiting.put(due.run(), due);
                    }
                    continue;
                }
            }
            waiting.remove(due.run());
            // One that cannot be read keeps no other from its turn.
            attempt(() -> server.enqueue(due));
        }
    }

    private boolean dockerAnswers() {
        try {
            docker().ping();
            docker.back();
            // It may be another one than before.
            preparation.prepare();
            return true;
        } catch (StepException | DockerFailureException e) {
            docker.away(String.valueOf(e.getMessage()));
            LOG.debug("Docker is away still", e);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Of the workers that died; what they left is left for a while to whoever goes on with its step. */
    private void reap() {
        try {
            ReapReport report = services.docker().client().reap(TAKE_OVER, false);
            report.failures().forEach(failure -> LOG.warn("{}; {}", failure.message(), failure.fix()));
        } catch (StepException | DockerFailureException e) {
            LOG.debug("what dead workers left cannot be removed yet", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void removeOld() {
        Instant now = services.clock().instant();
        services.runs().removeEnded(retention.most(), now.minus(retention.longest()));
        List<Path> over;
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(services.work(), "r-*")) {
            over = StreamSupport.stream(directories.spliterator(), false)
                    .filter(path -> isOver(path, now))
                    .toList();
        } catch (IOException e) {
            LOG.warn("cannot look for what runs left in {}", services.work(), e);
            return;
        }
        over.forEach(path -> remove(new RunDirectory(path)));
    }

    private boolean isOver(Path directory, Instant now) {
        Optional<Run> run;
        try {
            run = services.runs().find(new RunId(String.valueOf(directory.getFileName())));
        } catch (UnreadableRunException | IllegalArgumentException e) {
            LOG.debug("{} stays: its run cannot be read, or it is no run's", directory, e);
            return false;
        }
        if (run.isPresent()) {
            return run.get()
                    .ended()
                    .filter(end -> end.isBefore(now.minus(STILL_WRITING)))
                    .isPresent();
        }
        try {
            return Files.getLastModifiedTime(directory).toInstant().isBefore(now.minus(ABANDONED));
        } catch (IOException e) {
            return false; // another worker was faster
        }
    }

    private void remove(RunDirectory directory) {
        try {
            Owner ofRun = owner.ofRun(String.valueOf(directory.root().getFileName()));
            if (directory.usedDocker()
                    && !RunContainers.removed(services.docker().client(), ofRun)) {
                LOG.debug("{} stays: another worker has to let go of its containers", directory.root());
                return;
            }
            directory.delete();
        } catch (NoSuchFileException e) {
            LOG.debug("another worker removes {} too", directory.root());
        } catch (StepException | DockerFailureException e) {
            LOG.debug("{} stays until its containers can be looked for", directory.root(), e);
        } catch (IOException e) {
            LOG.warn("cannot remove {} yet", directory.root(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed meanwhile
        }
    }

    @Override
    public void close() {
        subscription.close();
        tasks.forEach(task -> task.cancel(true));
        tidying.shutdownNow();
        telling.shutdownNow();
        connection.ifPresent(ConnectionListener.Subscription::close);
        try {
            if (!tidying.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.debug("what this worker tidied is left for another");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
