package dev.longshore.filesystem;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Does tasks that make more tasks, on a fixed number of threads, the newest first: a walk that goes down before it goes on
 * has few directories open.
 *
 * <p>Life: {@link #run} starts the threads, gives them the first task, and returns when no task is left, one has failed, or
 * the caller was interrupted. No thread outlives it.
 */
final class WorkQueue {
    /** How long threads may take to notice that they are to stop; they are in the middle of reading a file at most. */
    private static final long STOP_SECONDS = 30;

    /** A piece of work. Closed in any case: after it was done, or when it never will be. */
    interface Task {
        void run(ContentReader reader) throws IOException, InterruptedException;

        void discard();
    }

    private final int threads;
    private final Deque<Task> tasks = new ArrayDeque<>();
    private int unfinished;
    private int waiting;
    private boolean stopped;
    private @Nullable Throwable failure;

    WorkQueue(int threads) {
        this.threads = threads;
    }

    /** Does the task and all that come of it. */
    void run(Task first) throws IOException, InterruptedException {
        add(first);
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread worker = new Thread(this::work, "filesystem-" + i);
            worker.setDaemon(true);
            workers.add(worker);
            worker.start();
        }
        try {
            awaitEnd();
        } catch (InterruptedException e) {
            stop(null);
            throw e;
        } finally {
            end(workers);
            discardAll();
        }
        rethrow();
    }

    private synchronized void awaitEnd() throws InterruptedException {
        while (unfinished > 0 && !stopped) {
            wait();
        }
    }

    /** Adds a task, to be done next. */
    synchronized void add(Task task) {
        tasks.push(task);
        unfinished++;
        notifyAll();
    }

    /** Whether a thread has nothing to do, so that work is better shared than done by oneself. */
    synchronized boolean isHungry() {
        return waiting > tasks.size();
    }

    private void work() {
        try {
            ContentReader reader = new ContentReader();
            for (Task task = take(); task != null; task = take()) {
                try {
                    task.run(reader);
                } finally {
                    task.discard();
                }
                done();
            }
        } catch (InterruptedException e) {
            stop(null); // only stopping interrupts these threads
        } catch (Throwable e) {
            stop(e); // errors too: run gives them to its caller
        }
    }

    private synchronized @Nullable Task take() throws InterruptedException {
        while (tasks.isEmpty() && unfinished > 0 && !stopped) {
            waiting++;
            try {
                wait();
            } finally {
                waiting--;
            }
        }
        return stopped ? null : tasks.poll();
    }

    private synchronized void done() {
        unfinished--;
        if (unfinished == 0) {
            notifyAll();
        }
    }

    private synchronized void stop(@Nullable Throwable cause) {
        stopped = true;
        if (failure == null) {
            failure = cause;
        }
        notifyAll();
    }

    private void end(List<Thread> workers) {
        if (isStopped()) {
            workers.forEach(Thread::interrupt);
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
        boolean interrupted = false;
        for (Thread worker : workers) {
            while (worker.isAlive() && deadline - System.nanoTime() > 0) {
                try {
                    worker.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
                } catch (InterruptedException e) {
                    interrupted = true; // already stopping: told again when that is done
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    private synchronized void discardAll() {
        for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
            task.discard();
        }
    }

    private synchronized void rethrow() throws IOException {
        Throwable cause = failure;
        if (cause instanceof IOException e) {
            throw e;
        }
        if (cause instanceof RuntimeException e) {
            throw e;
        }
        if (cause instanceof Error e) {
            throw e;
        }
    }
}
