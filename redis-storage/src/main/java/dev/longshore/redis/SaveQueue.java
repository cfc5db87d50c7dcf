package dev.longshore.redis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Group commit: saves that arrive while others are under way go out together afterwards, in one round trip. A save that
 * finds nothing under way goes out at once, on its own thread, so that nobody waits for company.
 *
 * <p>The first of those that wait sends for all; no thread serves more than one group, so none is kept from its own work.
 */
final class SaveQueue {
    private static final int MOST = 256;

    private final Function<List<List<byte[]>>, boolean[]> send;
    private final int atOnce;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Pending> waiting = new ArrayDeque<>();
    private int sending;

    /**
     * A queue that sends with {@code send}.
     *
     * @param send saves the jobs with these arguments of {@code save.lua}; answers for each whether it was saved
     * @param atOnce how many groups may be under way: more than one keeps Redis busy while answers travel
     */
    SaveQueue(Function<List<List<byte[]>>, boolean[]> send, int atOnce) {
        this.send = send;
        this.atOnce = atOnce;
    }

    private enum Outcome {
        SAVED,
        CONFLICT,
        /** Not sent yet: it is its own thread's turn to send, for itself and those that wait behind it. */
        TURN
    }

    private record Pending(List<byte[]> arguments, CompletableFuture<Outcome> outcome) {}

    /** Saves a job; false if its version is another by now. Throws what {@code send} does. */
    boolean save(List<byte[]> arguments) {
        Pending own = new Pending(arguments, new CompletableFuture<>());
        if (admit(own) || await(own) == Outcome.TURN) {
            Pending turned = new Pending(arguments, new CompletableFuture<>());
            sendFor(group(turned));
            own = turned;
        }
        return await(own) == Outcome.SAVED;
    }

    private static Outcome await(Pending pending) {
        try {
            return pending.outcome.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                // Thrown on another thread perhaps, whose trace does not tell who wanted this job saved.
                cause.addSuppressed(new IllegalStateException("it was saved for " + Thread.currentThread()));
                throw cause;
            }
            throw e;
        }
    }

    /** Whether it may go out at once; if not, it waits. */
    private boolean admit(Pending pending) {
        lock.lock();
        try {
            if (sending < atOnce) {
                sending++;
                return true;
            }
            waiting.add(pending);
            return false;
        } finally {
            lock.unlock();
        }
    }

    private List<Pending> group(Pending first) {
        List<Pending> group = new ArrayList<>();
        group.add(first);
        lock.lock();
        try {
            while (group.size() < MOST && !waiting.isEmpty()) {
                group.add(waiting.remove());
            }
        } finally {
            lock.unlock();
        }
        return group;
    }

    private void sendFor(List<Pending> group) {
        try {
            boolean[] saved = send.apply(group.stream().map(Pending::arguments).toList());
            passOn();
            for (int i = 0; i < saved.length; i++) {
                group.get(i).outcome.complete(saved[i] ? Outcome.SAVED : Outcome.CONFLICT);
            }
        } catch (Throwable e) {
            passOn();
            // Each of them throws it to its caller, this thread's own one included.
            group.forEach(pending -> pending.outcome.completeExceptionally(e));
        }
    }

    private void passOn() {
        Pending next;
        lock.lock();
        try {
            next = waiting.poll();
            if (next == null) {
                sending--;
            }
        } finally {
            lock.unlock();
        }
        if (next != null) {
            next.outcome.complete(Outcome.TURN);
        }
    }
}
