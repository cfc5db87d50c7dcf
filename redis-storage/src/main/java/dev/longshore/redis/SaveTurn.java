package dev.longshore.redis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jobrunr.jobs.Job;

/**
 * A thread's turn to save jobs that run here. JobRunr saves one and the same object on two threads: on the worker's, what became
 * of the job, and on the steward's, that it still runs. Each raises the version in it, which is what the other one then would
 * take the stored job to have: the later of the two could be refused, or undo what a third had done to the job meanwhile.
 */
final class SaveTurn implements AutoCloseable {
    private final ServerSessions sessions;
    private final List<Job> running;
    private final List<ReentrantLock> taken;

    private SaveTurn(ServerSessions sessions, List<Job> running) {
        this.sessions = sessions;
        this.running = running;
        this.taken = new ArrayList<>(running.size());
    }

    /** Waits for the turn; for jobs that do not run here there is nothing to wait for. */
    static SaveTurn take(ServerSessions sessions, List<Job> jobs) {
        List<Job> running = new ArrayList<>(1);
        for (Job job : jobs) {
            if (sessions.have(job)) {
                running.add(job);
            }
        }
        // In one order for all, or two lists could wait for one another.
        running.sort(Comparator.comparing(Job::getId));
        SaveTurn turn = new SaveTurn(sessions, running);
        for (Job job : running) {
            ReentrantLock lock = sessions.saving(job);
            if (lock != null) {
                lock.lock();
                turn.taken.add(lock);
            }
        }
        return turn;
    }

    /** Those of the jobs that did not run here, or still do: of the others, what became of them was saved while this waited. */
    List<Job> stillToSave(List<Job> jobs) {
        List<Job> over = new ArrayList<>();
        for (Job job : running) {
            if (!sessions.have(job)) {
                over.add(job);
            }
        }
        if (over.isEmpty()) {
            return jobs;
        }
        List<Job> left = new ArrayList<>(jobs);
        left.removeAll(over);
        return left;
    }

    @Override
    public void close() {
        taken.forEach(ReentrantLock::unlock);
    }
}
