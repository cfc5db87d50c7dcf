package dev.longshore.redis;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.WeakHashMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.server.BackgroundJobServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JobRunr's servers in this process, and what they are told without polling: that a job was enqueued, is due, or was
 * deleted. Nothing runs before the first server looks for work, which is how a store comes to know that it serves one.
 */
final class ServerSessions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServerSessions.class);

    /** When nothing is scheduled, or not soon: a message that was lost costs no more. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private static final int MOST_DELETIONS = 1_000;

    private final Redis redis;
    private final Keys keys;
    private final Heartbeat heartbeat;
    private final DueJobs dueJobs;
    private final Duration interval;
    private final Clock clock;
    private final Map<BackgroundJobServer, ServerSession> sessions = new ConcurrentHashMap<>();
    private final Set<UUID> expected = ConcurrentHashMap.newKeySet();
    /** Jobs that were to be given back, of servers that may be gone: some of them run on. */
    private final Map<UUID, Job> givenBack = new ConcurrentHashMap<>();
    /** Those that have a {@link StartFilter}: JobRunr can only add filters, also to a server that starts a second time. */
    private final Set<BackgroundJobServer> filtered = Collections.newSetFromMap(new WeakHashMap<>());

    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Threads threads;
    private boolean closed;

    ServerSessions(Redis redis, Keys keys, Heartbeat heartbeat, DueJobs dueJobs, Duration interval, Clock clock) {
        this.redis = redis;
        this.keys = keys;
        this.heartbeat = heartbeat;
        this.dueJobs = dueJobs;
        this.interval = interval;
        this.clock = clock;
    }

    /** The session of a server, begun when it first looks for work. */
    ServerSession of(BackgroundJobServer server) {
        ServerSession session = sessions.get(server);
        return session != null ? session : begin(server);
    }

    @Nullable ServerSession find(BackgroundJobServer server) {
        return sessions.get(server);
    }

    /** Says that a server of this process will look for work: it may be announced long before it does. */
    void expect(UUID server) {
        expected.add(server);
    }

    /** Whether it is one of this process that looks for work, or will. */
    boolean has(UUID server) {
        return expected.contains(server)
                || sessions.keySet().stream().anyMatch(ours -> ours.getId().equals(server));
    }

    private ServerSession begin(BackgroundJobServer server) {
        ServerSession session = new ServerSession(server);
        if (server.getConfiguration().getBackgroundJobServerWorkerPolicy() instanceof RedisWorkers workers) {
            session.use(workers);
        }
        // Before it claims anything: what a holder has that never said it lives is lost, for all that others know.
        if (session.wasAnnounced()) {
            heartbeat.beat(session);
        }
        lock.lock();
        try {
            ServerSession begun = sessions.get(server);
            if (begun != null) {
                return begun;
            }
            if (filtered.add(server)) {
                server.getJobFilters().addAll(List.of(new StartFilter(this, server)));
            }
            sessions.put(server, session);
            if (threads == null && !closed) {
                threads = new Threads();
            }
            return session;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the session of that server, if it has one. */
    @Nullable ServerSession end(UUID server) {
        for (BackgroundJobServer ours : sessions.keySet()) {
            if (ours.getId().equals(server)) {
                return sessions.remove(ours);
            }
        }
        return null;
    }

    /** The jobs that a server has, and from now on has no longer: they are given back, or left to its lease. */
    List<UUID> takeAll(BackgroundJobServer server) {
        ServerSession session = sessions.get(server);
        List<Job> all = session == null ? List.of() : session.takeAll();
        all.forEach(job -> givenBack.put(job.getId(), job));
        return all.stream().map(Job::getId).toList();
    }

    /**
     * Whether a job that is to be saved failed, and may be scheduled for its retry, only because its server was stopped
     * before it had ended.
     */
    boolean failedByStop(Job job) {
        boolean ended = job.getState() != StateName.PROCESSING && givenBack.remove(job.getId(), job);
        return ended && (job.getState() == StateName.FAILED || job.getState() == StateName.SCHEDULED);
    }

    /** Whether a server here has this job, and not only another copy of it. */
    boolean have(Job job) {
        return saving(job) != null;
    }

    /** What a thread holds that saves this job; null if no server here has it. */
    @Nullable ReentrantLock saving(Job job) {
        for (ServerSession session : sessions.values()) {
            ReentrantLock saving = session.saving(job);
            if (saving != null) {
                return saving;
            }
        }
        return null;
    }

    /** Says of a job that whatever server here had it has it no longer. */
    void ended(Job job) {
        for (ServerSession session : sessions.values()) {
            session.ended(job);
        }
    }

    /** What hears of the store's changes; null before there is a server, and once this is closed. */
    @Nullable RedisListener listener() {
        lock.lock();
        try {
            return threads;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            sessions.clear();
            if (threads != null) {
                threads.close();
                threads = null;
            }
        } finally {
            lock.unlock();
        }
    }

    private final class Threads implements RedisListener, AutoCloseable {
        private final ScheduledExecutorService beats =
                Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "backgroundjob-heartbeat"));
        private final ScheduledExecutorService due =
                Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "backgroundjob-due"));
        /**
         * Stopping a deleted job asks Redis, which the thread that listens may not wait for. What does not fit JobRunr finds
         * at its next poll.
         */
        private final ThreadPoolExecutor deletions = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_DELETIONS),
                task -> daemon(task, "backgroundjob-deletions"),
                // Also when this is closed: there is no job here any more that it could be about.
                new ThreadPoolExecutor.DiscardPolicy());

        private final RedisSubscription subscription;
        private @Nullable ScheduledFuture<?> nextDue;
        /** Whether due jobs are being looked for, and whether somebody has asked for that since: the answer may be older. */
        private boolean looking;

        private boolean askedMeanwhile;

        Threads() {
            long nanos = interval.toNanos();
            ScheduledFuture<?> unused = beats.scheduleWithFixedDelay(
                    () -> guarded("a heartbeat", this::beat), 0, nanos, TimeUnit.NANOSECONDS);
            subscription = redis.subscribe(keys.wakeChannel(), this);
            lookForDue(Duration.ZERO);
        }

        private Thread daemon(Runnable task, String name) {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        }

        private void beat() {
            for (ServerSession session : sessions.values()) {
                if (session.wasAnnounced()) {
                    heartbeat.beat(session);
                }
            }
        }

        private void due() {
            Optional<ServerSession> any = sessions.values().stream()
                    .filter(ServerSession::wasAnnounced)
                    .findFirst();
            Duration wait = LONGEST_WAIT;
            begin(true);
            try {
                if (any.isPresent()) {
                    Optional<Instant> next = dueJobs.enqueue(any.get());
                    if (next.isPresent()) {
                        Duration until = Duration.between(clock.instant(), next.get());
                        wait = until.compareTo(wait) < 0 ? until : wait;
                    }
                }
            } finally {
                boolean again = begin(false);
                lookForDue(again || wait.isNegative() ? Duration.ZERO : wait);
            }
        }

        /** Notes whether it is looked for due jobs; answers whether somebody has asked for that since the last call. */
        private boolean begin(boolean look) {
            lock.lock();
            try {
                boolean asked = askedMeanwhile;
                looking = look;
                askedMeanwhile = false;
                return asked;
            } finally {
                lock.unlock();
            }
        }

        private void lookForDue(Duration wait) {
            lock.lock();
            try {
                if (looking) {
                    askedMeanwhile = true;
                    return;
                }
                if (nextDue != null) {
                    nextDue.cancel(false);
                }
                if (!due.isShutdown()) {
                    nextDue = due.schedule(
                            () -> guarded("enqueuing due jobs", this::due), wait.toNanos(), TimeUnit.NANOSECONDS);
                }
            } finally {
                lock.unlock();
            }
        }

        /** What fails here is tried again at the next time, and must not end the times after it. */
        private void guarded(String what, Runnable task) {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                if (!beats.isShutdown()) {
                    LOG.warn("{} failed; it is tried again", what, e);
                }
            }
        }

        @Override
        public void message(byte[] payload) {
            switch (payload.length == 0 ? ' ' : (char) payload[0]) {
                case 'E' -> sessions.values().forEach(ServerSession::wake);
                case 'S' -> lookForDue(Duration.ZERO);
                case 'D' -> {
                    UUID job = Bytes.uuid(Arrays.copyOfRange(payload, 1, payload.length));
                    deletions.execute(() -> guarded(
                            "stopping a deleted job",
                            () -> sessions.values().forEach(session -> session.deleted(job))));
                }
                default -> LOG.debug("a message that this version does not know");
            }
        }

        @Override
        public void resubscribed() {
            sessions.values().forEach(ServerSession::wake);
            lookForDue(Duration.ZERO);
        }

        @Override
        public void close() {
            subscription.close();
            beats.shutdownNow();
            due.shutdownNow();
            deletions.shutdownNow();
        }
    }
}
