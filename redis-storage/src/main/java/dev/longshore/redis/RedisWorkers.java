package dev.longshore.redis;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.configuration.BackgroundJobServerWorkerPolicy;
import org.jobrunr.server.strategy.WorkDistributionStrategy;
import org.jobrunr.server.threadpool.JobRunrExecutor;
import org.jobrunr.storage.Paging.AmountBasedList;
import org.jobrunr.storage.StorageException;
import org.jobrunr.storage.navigation.AmountRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisException;

/**
 * The workers of one of JobRunr's servers. One thread of theirs looks for jobs, and it alone: when one is enqueued, when a
 * worker becomes free while more wait, when a rate limit lets one through, and at each poll. It takes no more jobs than there
 * are free workers, so that what is PROCESSING is being run.
 *
 * <p>Made by {@link RedisStorageProvider#workers(int)} and given to
 * {@code BackgroundJobServerConfiguration.andBackgroundJobServerWorkerPolicy}; for one server each.
 */
public final class RedisWorkers implements BackgroundJobServerWorkerPolicy {
    private static final Logger LOG = LoggerFactory.getLogger(RedisWorkers.class);

    /** How long the thread that looks waits for more workers to become free, so as to claim for several at once. */
    private static final long GATHER_NANOS = TimeUnit.MICROSECONDS.toNanos(300);

    /** JobRunr lets one thread look at a time, and only tells by not asking: how soon to try again. */
    private static final long LOCKED_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    /** A server tells nobody when it has started: how soon to ask again. */
    private static final long STARTING_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** How long a server that stops waits for a Redis that is away, to give back what it has not ended. */
    private static final long GIVE_BACK_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final RedisStorageProvider provider;
    private final int count;
    private final QueueSelection queues;
    private final WorkerThreads threads;
    private final AtomicInteger busy = new AtomicInteger();
    /** Held while jobs are claimed and handed to threads. */
    private final ReentrantLock looking = new ReentrantLock();

    private volatile @Nullable BackgroundJobServer server;
    private volatile @Nullable Thread feeder;
    private volatile boolean stopped = true;
    private volatile boolean woken;
    private volatile boolean more;
    /** Of {@link System#nanoTime}; 0: none. */
    private volatile long lookAgainAt;

    private boolean asked;
    private long locked = LOCKED_NANOS;

    RedisWorkers(RedisStorageProvider provider, int count, QueueSelection queues, WorkerThreads threads) {
        if (count < 1) {
            throw new IllegalArgumentException("at least 1 worker, not " + count);
        }
        this.provider = provider;
        this.count = count;
        this.queues = queues;
        this.threads = threads;
    }

    /** The same number of workers that take jobs from these queues. */
    public RedisWorkers takingFrom(QueueSelection selection) {
        return new RedisWorkers(provider, count, selection, threads);
    }

    /** The same workers on virtual threads; needs Java 21 or newer. */
    public RedisWorkers onVirtualThreads() {
        return new RedisWorkers(provider, count, queues, WorkerThreads.VIRTUAL);
    }

    QueueSelection queues() {
        return queues;
    }

    @Override
    public WorkDistributionStrategy toWorkDistributionStrategy(BackgroundJobServer backgroundJobServer) {
        if (server != null) {
            throw new IllegalStateException(
                    "these workers are of " + server + " already: one RedisWorkers for each server");
        }
        server = backgroundJobServer;
        provider.serves(backgroundJobServer);
        return new WorkDistributionStrategy() {
            @Override
            public int getWorkerCount() {
                return count;
            }

            @Override
            public AmountRequest getWorkPageRequest() {
                return AmountBasedList.ascOnUpdatedAt(free());
            }
        };
    }

    /** How many jobs JobRunr may take now: none, unless it is the feeder that asks. Others let it look instead. */
    private int free() {
        if (Thread.currentThread() == feeder) {
            asked = true;
            return count - busy.get();
        }
        if (Thread.currentThread().getName().startsWith("backgroundjob-zookeeper")) {
            // JobRunr polls.
            wake();
        }
        return 0;
    }

    @Override
    public JobRunrExecutor toJobRunrExecutor() {
        return new Executor();
    }

    boolean isStopped() {
        return stopped;
    }

    /** Looks for jobs now. */
    void wake() {
        woken = true;
        LockSupport.unpark(feeder);
    }

    /** What the last look told. */
    void looked(boolean thereAreMore, long waitMillis) {
        more = thereAreMore;
        lookAgainAt = waitMillis < 0 ? 0 : System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis) | 1;
    }

    private void feed() {
        BackgroundJobServer own = Objects.requireNonNull(server);
        while (feeds() && own.isNotReadyToProcessJobs()) {
            LockSupport.parkNanos(STARTING_NANOS);
        }
        woken = true;
        while (feeds()) {
            try {
                awaitReason();
                if (feeds()) {
                    look(own);
                }
            } catch (RuntimeException | Error e) {
                // It has no caller that could be told, and without it nothing would be run any more.
                LOG.error("looking for jobs failed; it is tried again at the next sign of one", e);
            }
        }
    }

    /** Whether this thread is the one that looks: a server that was paused and goes on has another. */
    private boolean feeds() {
        return !stopped && Thread.currentThread() == feeder;
    }

    private void awaitReason() {
        while (feeds()) {
            int free = count - busy.get();
            if (free > 0) {
                if (woken || isTimeToLookAgain()) {
                    return;
                }
                if (more) {
                    if (free < (count + 1) / 2) {
                        LockSupport.parkNanos(GATHER_NANOS);
                    }
                    return;
                }
            }
            long at = lookAgainAt;
            if (at == 0 || free <= 0) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, Math.max(1, at - System.nanoTime()));
            }
            // An interrupt means nothing to this thread, but would keep it from parking.
            Thread.interrupted();
        }
    }

    private boolean isTimeToLookAgain() {
        long at = lookAgainAt;
        return at != 0 && System.nanoTime() - at >= 0;
    }

    private void look(BackgroundJobServer own) {
        woken = false;
        asked = false;
        // A worker thread that comes and goes is the one public sign that JobRunr looks for work at.
        looking.lock();
        try {
            own.getJobSteward().notifyThreadOccupied();
            own.getJobSteward().notifyThreadIdle();
        } finally {
            looking.unlock();
        }
        if (asked) {
            locked = LOCKED_NANOS;
        } else {
            woken = true;
            LockSupport.parkNanos(locked);
            // Longer each time: it may also be that JobRunr is about to stop or pause.
            locked = Math.min(2 * locked, STARTING_NANOS);
        }
    }

    private final class Executor implements JobRunrExecutor {
        private final ExecutorService pool = threads.pool(count);

        @Override
        public int getWorkerCount() {
            return count;
        }

        @Override
        public void start() {
            stopped = false;
            Thread thread = new Thread(RedisWorkers.this::feed, "backgroundjob-feeder");
            feeder = thread;
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void execute(Runnable job) {
            busy.incrementAndGet();
            boolean taken = false;
            try {
                pool.execute(() -> run(job));
                taken = true;
            } finally {
                if (!taken) {
                    busy.decrementAndGet();
                }
            }
        }

        private void run(Runnable job) {
            try {
                job.run();
            } catch (RuntimeException | Error e) {
                // JobRunr saves what became of a job unless an Error ends it, such as of a class that cannot be loaded.
                provider.died(Objects.requireNonNull(server), e);
            } finally {
                busy.decrementAndGet();
                if (more || woken || lookAgainAt != 0) {
                    LockSupport.unpark(feeder);
                }
            }
        }

        /** Takes no more jobs, lets those that run end, and gives those back that do not in time; an interrupt ends it. */
        @Override
        public void stop(Duration patience) {
            long deadline = System.nanoTime() + patience.toNanos();
            stopped = true;
            LockSupport.unpark(feeder);
            try {
                // Jobs that are being claimed must find their threads: nobody else would run them.
                if (looking.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                    looking.unlock();
                }
                pool.shutdown();
                if (!pool.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    giveBack();
                    if (!pool.awaitTermination(1, TimeUnit.SECONDS)) {
                        LOG.warn("jobs run on although they were interrupted; they will run again elsewhere");
                    }
                }
            } catch (InterruptedException e) {
                giveBack();
                Thread.currentThread().interrupt();
            }
        }

        /** First they are given back, then interrupted: what a job makes of its interrupt must not count. */
        private void giveBack() {
            // A thread of its own, which is neither interrupted nor as patient as JobRunr's.
            Thread giving = new Thread(this::tryToGiveBack, "longshore-give-back");
            giving.setDaemon(true);
            giving.start();
            if (!joined(giving, GIVE_BACK_NANOS)) {
                giving.interrupt();
                LOG.warn("Redis is away: the jobs that run here are left to their lease, and come back to their queues"
                        + " within two heartbeats once it has returned");
            }
            pool.shutdownNow();
        }

        private void tryToGiveBack() {
            try {
                provider.giveBack(Objects.requireNonNull(server));
            } catch (StorageException | JedisException e) {
                if (Thread.currentThread().isInterrupted()) {
                    LOG.debug("gave up", e); // and has said so
                    return;
                }
                LOG.warn(
                        "the jobs that run here cannot be given back; they come back within two heartbeats, once their"
                                + " lease is over",
                        e);
            }
        }

        /** Whether the thread has ended in that time, whatever interrupts this one. */
        private boolean joined(Thread thread, long nanos) {
            long deadline = System.nanoTime() + nanos;
            boolean interrupted = false;
            try {
                while (thread.isAlive() && System.nanoTime() < deadline) {
                    try {
                        TimeUnit.NANOSECONDS.timedJoin(thread, deadline - System.nanoTime());
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
                return !thread.isAlive();
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
