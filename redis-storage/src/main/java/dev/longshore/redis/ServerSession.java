package dev.longshore.redis;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jobrunr.jobs.Job;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.storage.ConcurrentJobModificationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One of JobRunr's servers in this process, and the jobs that it has. */
final class ServerSession {
    private static final Logger LOG = LoggerFactory.getLogger(ServerSession.class);

    /** What started on a worker's thread last. */
    private static final ThreadLocal<Job> RUNNING = new ThreadLocal<>();

    private final BackgroundJobServer server;
    private final Map<UUID, Held> held = new ConcurrentHashMap<>();
    /** The {@link Claim#since} of claims whose answer is on its way: what Redis says of their jobs is news here. */
    private final Set<Instant> claiming = ConcurrentHashMap.newKeySet();
    /** Not the server's id: a server that stops and starts again must not be taken for the one that holds its old jobs. */
    private final UUID holder = UUID.randomUUID();

    /** Jobs that were deleted when they had been claimed for this server and it had not started them. */
    private final Set<UUID> deletedEarly = ConcurrentHashMap.newKeySet();

    /** Jobs that ended the threads they ran on, and are not given back yet. */
    private final Set<UUID> died = ConcurrentHashMap.newKeySet();

    private volatile @Nullable RedisWorkers workers;
    private volatile boolean announced;

    private record Held(Job job, Instant at, ReentrantLock saving) {}

    ServerSession(BackgroundJobServer server) {
        this.server = server;
    }

    UUID holder() {
        return holder;
    }

    /** What others are to know of the holder. */
    byte[] description() {
        RedisWorkers own = workers;
        Optional<Set<String>> queues = isStopped()
                ? Optional.of(Set.of())
                : own == null ? Optional.empty() : own.queues().names();
        return new LivingServer(server.getConfiguration().getName(), queues).description(server.getId());
    }

    BackgroundJobServer server() {
        return server;
    }

    void use(RedisWorkers own) {
        this.workers = own;
    }

    /** The queues it takes jobs from, in the order for this time; none: all. */
    List<String> queues() {
        RedisWorkers own = workers;
        return own == null ? List.of() : own.queues().inOrder();
    }

    /**
     * Whether it was ever announced. A server that stops or pauses is not, or cannot be asked, for as long as its last jobs
     * take; but it has them until its session ends.
     */
    boolean wasAnnounced() {
        if (!announced) {
            announced = server.isAnnounced();
        }
        return announced;
    }

    /** Whether its workers take no more jobs. */
    boolean isStopped() {
        RedisWorkers own = workers;
        return own != null && own.isStopped();
    }

    void claimBegins(Claim claim) {
        claiming.add(claim.since());
    }

    /** Says that all it brought has been {@link #claimed}, if there was any. */
    void claimEnds(Claim claim) {
        claiming.remove(claim.since());
        if (claiming.isEmpty()) {
            deletedEarly.retainAll(held.keySet());
        }
    }

    /** @param at not before the claim was answered, however long that took */
    void claimed(List<Job> jobs, Instant at) {
        jobs.forEach(job -> held.put(job.getId(), new Held(job, at, new ReentrantLock())));
    }

    /** Whether it has a job that was claimed then, or is just being told so. */
    boolean has(UUID job, Instant since) {
        return claiming.contains(since) || held.containsKey(job);
    }

    /** Whether it has this job, and not only another copy of it. */
    boolean has(Job job) {
        return saving(job) != null;
    }

    /** What a thread holds that saves this job, and not only another copy of it; null if the server does not have it. */
    @SuppressWarnings("ReferenceEquality")
    @Nullable ReentrantLock saving(Job job) {
        Held own = held.get(job.getId());
        return own != null && own.job == job ? own.saving : null;
    }

    /** Says that a job is no longer for this server to run. Of other copies of it that are saved, it has not heard. */
    @SuppressWarnings("ReferenceEquality")
    void ended(Job job) {
        if (held.computeIfPresent(job.getId(), (id, own) -> own.job == job ? null : own) == null) {
            deletedEarly.remove(job.getId());
        }
    }

    /** The jobs that it has, and from now on has no longer. */
    List<Job> takeAll() {
        List<Job> all = held.values().stream().map(Held::job).toList();
        all.forEach(job -> held.remove(job.getId()));
        return all;
    }

    /** Forgets jobs that Redis knows nothing of any more; those claimed since then it may not have told of yet. */
    void forgetAllBut(Set<UUID> known, Instant since) {
        held.entrySet().removeIf(entry -> entry.getValue().at.isBefore(since) && !known.contains(entry.getKey()));
        died.retainAll(known);
    }

    /** Looks for jobs now. */
    void wake() {
        RedisWorkers own = workers;
        if (own != null) {
            own.wake();
        } else if (!server.isNotReadyToProcessJobs()) {
            // A worker thread that comes and goes is the one public sign that JobRunr looks for work at.
            server.getJobSteward().notifyThreadOccupied();
            server.getJobSteward().notifyThreadIdle();
        }
    }

    /** Tells the claim's outcome to those who claim. */
    void looked(boolean more, long waitMillis) {
        RedisWorkers own = workers;
        if (own != null) {
            own.looked(more, waitMillis);
        }
    }

    /** Stops a job that was deleted if it runs here; if it is about to, {@link #starts} does. */
    void deleted(UUID id) {
        // Noted before it is looked for: of this thread and the one that starts it, the later one finds it.
        boolean mayStart = held.containsKey(id) || !claiming.isEmpty();
        if (mayStart) {
            deletedEarly.add(id);
        }
        for (Job job : server.getJobSteward().getJobsInProgress()) {
            if (job.getId().equals(id) && (!mayStart || deletedEarly.remove(id))) {
                stop(job);
            }
        }
    }

    /** Says that JobRunr has noted a job as running, on this thread, and not called it yet. */
    void starts(Job job) {
        RUNNING.set(job);
        if (deletedEarly.remove(job.getId())) {
            stop(job);
        }
    }

    /**
     * Says that what ran on this thread ended it. The server has its job no longer, which comes back as after any loss.
     *
     * @return whether it is known which job that was
     */
    boolean died(Throwable cause) {
        Job job = RUNNING.get();
        if (job == null || !has(job)) {
            return false;
        }
        LOG.error(
                "job {} ({}) ended the thread that ran it; it comes back, and counts as failed when that has happened {} times",
                job.getId(),
                job.getJobName(),
                Heartbeat.MOST_LOSSES + 1,
                cause);
        died.add(job.getId());
        ended(job);
        return true;
    }

    /** Whether a job that it has no longer ended its thread; asked once. */
    boolean hasDied(UUID job) {
        return died.remove(job);
    }

    /** Lets JobRunr find out that a job it runs was deleted: it would at the next poll, and interrupts it. */
    private void stop(Job job) {
        server.getConcurrentJobModificationResolver().resolve(new ConcurrentJobModificationException(job));
    }
}
