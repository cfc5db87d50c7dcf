package dev.longshore.worker.pool;

import dev.longshore.dashboard.DashboardServer;
import dev.longshore.dashboard.DashboardSettings;
import dev.longshore.dashboard.DashboardStartException;
import dev.longshore.docker.DirectoryLeases;
import dev.longshore.docker.GuardedDocker;
import dev.longshore.docker.Leases;
import dev.longshore.docker.Owner;
import dev.longshore.pipeline.StepTypes;
import dev.longshore.redis.QueueSelection;
import dev.longshore.step.DockerAccess;
import dev.longshore.step.StepException;
import dev.longshore.worker.HealthFile;
import dev.longshore.worker.jobs.JobServer;
import dev.longshore.worker.jobs.ProgressBoard;
import dev.longshore.worker.jobs.QuarantinedJobs;
import dev.longshore.worker.jobs.Services;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process that works on a pool's runs until it is told to stop. */
public final class PoolWorker {
    private static final Logger LOG = LoggerFactory.getLogger(PoolWorker.class);

    /** Jobs wake their worker; this is for a wake-up that was lost, and JobRunr's shortest. */
    private static final Duration POLL = Duration.ofSeconds(5);
    /** Longer than interrupted steps take to remove their containers: before that, nobody else is to have their jobs. */
    private static final Duration CLEANUP = Duration.ofMinutes(2);

    private final Settings settings;
    private final StepTypes types;
    private final Daemons docker;
    private final Preparation preparation;

    /**
     * How a worker works.
     *
     * @param name what this worker is called where people see it
     * @param workers how many jobs run at once
     * @param threads how many threads each step may use
     * @param grace how long steps may go on once the worker is to stop
     * @param dashboard where to serve the dashboard; empty not to
     * @param newDirectory whether to take the work directory for the pool's whatever it had before
     * @param health the file that says that it works
     */
    public record Settings(
            Pool.Settings pool,
            String name,
            int workers,
            QueueSelection queues,
            int threads,
            Duration grace,
            Optional<DashboardSettings> dashboard,
            boolean newDirectory,
            Optional<Path> health) {}

    /** How it is told to stop: the second time at once. Thread-safe. */
    public static final class Stop {
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch again = new CountDownLatch(1);
        private @Nullable Thread preparing;

        /** Called for each time that it is told. */
        public synchronized void tell() {
            if (asked.getCount() == 0) {
                again.countDown();
            }
            asked.countDown();
            if (preparing != null) {
                preparing.interrupt();
            }
        }

        /** Whether there is still something to do after the preparation, which is cut short by the first sign. */
        private boolean goesOnAfter(Preparation preparation) throws InterruptedException {
            synchronized (this) {
                preparing = Thread.currentThread();
            }
            try {
                if (asked.getCount() > 0) {
                    preparation.prepare();
                }
            } catch (InterruptedException e) {
                if (asked.getCount() > 0) {
                    throw e;
                }
            } finally {
                synchronized (this) {
                    preparing = null;
                    if (asked.getCount() == 0) {
                        Thread.interrupted(); // it was meant for the preparation alone
                    }
                }
            }
            return asked.getCount() > 0;
        }
    }

    /** What is done on a daemon before it is relied on: the images are built that it lacks. */
    public interface Preparation {
        void prepare() throws InterruptedException;
    }

    /** The way to the daemon for an owner of containers, who makes them under a lease. */
    public interface Daemons {
        DockerAccess of(String owner, Leases leases);
    }

    /** Told how it is going. */
    public interface Listener {
        void started();

        /** The dashboard answers there. */
        void serves(URI dashboard);

        void draining(int jobs);
    }

    /**
     * Makes a worker.
     *
     * @param docker the way to the daemon
     * @param preparation called at the start, and when a daemon is back; to be quick where all is there
     */
    public PoolWorker(Settings settings, StepTypes types, Daemons docker, Preparation preparation) {
        this.settings = settings;
        this.types = types;
        this.docker = docker;
        this.preparation = preparation;
    }

    /**
     * Works until told to stop, and then until what runs has ended or is back in its queue.
     *
     * @return whether every job ended in time; of one that did not a container may be left, for another worker to remove
     * @throws PoolException it cannot take part in the pool, or cannot any more
     * @throws DashboardStartException it cannot serve the dashboard where it should
     */
    public boolean run(Stop stop, Listener listener) throws IOException, InterruptedException, DashboardStartException {
        PoolDirectory directory =
                new PoolDirectory(settings.pool().work(), settings.pool().name());
        try (Pool pool = Pool.open(settings.pool())) {
            pool.agreeOn(directory, settings.newDirectory());
            PoolOwner owner = PoolOwner.of(directory);
            try (HealthFile health = HealthFile.start(settings.health(), pool::requireRedis);
                    DirectoryLeases lease = owner.lease()) {
                DockerAccess daemon = lasting(docker.of(owner.id(), lease));
                return !stop.goesOnAfter(preparation)
                        || work(pool, directory, Owner.of(owner.id()), daemon, stop, listener);
            }
        }
    }

    /** What one worker began, another can go on with. */
    private static DockerAccess lasting(DockerAccess daemon) {
        return new DockerAccess() {
            @Override
            public GuardedDocker client() throws StepException {
                return daemon.client();
            }

            @Override
            public boolean outlivesProcess() {
                return true;
            }
        };
    }

    private boolean work(
            Pool pool, PoolDirectory directory, Owner owner, DockerAccess daemon, Stop stop, Listener listener)
            throws InterruptedException, DashboardStartException {
        Services services = new Services(
                pool.runs(),
                types,
                directory.root(),
                daemon,
                new ProgressBoard(),
                settings.threads(),
                Clock.systemUTC(),
                true);
        try (JobServer server = new JobServer(services, pool.storage(), serverSettings(pool));
                DashboardServer dashboard = dashboard(pool, listener)) {
            server.start();
            QuarantinedJobs quarantined = pool.quarantinedJobs();
            try (Upkeep upkeep =
                    new Upkeep(server, services, owner, preparation, quarantined::look, Upkeep.Retention.STANDARD)) {
                listener.started();
                Outage redis = new Outage(
                        "Redis at " + settings.pool().redis(), "Steps go on; what they do is stored once it is back.");
                while (!stop.asked.await(1, TimeUnit.SECONDS)) {
                    pool.fault().ifPresentOrElse(fault -> redis.away(fault.words()), redis::back);
                    if (!server.isRunning()) {
                        throw new PoolException(
                                "the job server stopped by itself",
                                "see the log, and start the worker again: its jobs are back in their queues");
                    }
                }
                listener.draining(server.activeJobs());
                try (LastWait lastWait = new LastWait(pool)) {
                    boolean ended = server.drain(settings.grace(), stop.again, lastWait::begin);
                    if (!ended) {
                        LOG.warn("a step did not end in time; it goes on elsewhere");
                    }
                    return ended;
                }
            }
        }
    }

    /** Before the first job: a worker whose port is taken does none. */
    private @Nullable DashboardServer dashboard(Pool pool, Listener listener) throws DashboardStartException {
        if (settings.dashboard().isEmpty()) {
            return null;
        }
        DashboardServer dashboard = DashboardServer.start(settings.dashboard().get(), pool.storage());
        listener.serves(dashboard.uri());
        return dashboard;
    }

    private JobServer.Settings serverSettings(Pool pool) {
        return JobServer.Settings.shared(
                settings.name(),
                settings.workers(),
                pool.storage().workers(settings.workers()).takingFrom(settings.queues()),
                POLL,
                settings.grace().plus(CLEANUP));
    }
}
