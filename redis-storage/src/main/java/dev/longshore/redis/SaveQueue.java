package dev.longshore.redis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Group commit: saves that arrive while others are under way go out together afterwards, in one round trip. A save that
 * finds nothing under way goes out at once, on its own thread, so that nobody waits for company.
 *
 * <p>The first of those that wait sends for all; no thread serves more than one group, so none is kept from its own work.
 *
 * <p>While Redis is away, each waits as long as it would if it sent for itself: that another has given up is no reason for
 * one of JobRunr's threads to do so, nor must an ordinary caller wait with one that never gives up.
 */
final class SaveQueue {
    private static final int MOST = 256;

    /** An answer usually comes, and is worth this much waiting even to one who was told to stop. */
    private static final long INTERRUPTED_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Redis redis;
    private final Function<List<List<byte[]>>, boolean[]> send;
    private final int atOnce;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Pending> waiting = new ArrayDeque<>();
    private int sending;

    /**
     * A queue that sends with {@code send}.
     *
     * @param redis where it sends to
     * @param send saves the jobs with these arguments of {@code save.lua}; answers for each whether it was saved
     * @param atOnce how many groups may be under way: more than one keeps Redis busy while answers travel
     */
    SaveQueue(Redis redis, Function<List<List<byte[]>>, boolean[]> send, int atOnce) {
        this.redis = redis;
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
        long begun = System.nanoTime();
        Patience patience = Patience.of(Thread.currentThread(), redis.settings().patience());
        while (true) {
            Pending own = new Pending(arguments, new CompletableFuture<>());
            boolean sends = admit(own);
            try {
                if (!sends) {
                    Outcome outcome = await(own, patience, begun);
                    if (outcome != Outcome.TURN) {
                        return outcome == Outcome.SAVED;
                    }
                    sends = true;
                    own = new Pending(arguments, new CompletableFuture<>());
                }
                sendFor(group(own));
                return own.outcome.join() == Outcome.SAVED;
            } catch (CompletionException e) {
                RuntimeException cause = cause(e);
                boolean mayGoOn = cause instanceof RedisUnavailableException away
                        && away.fault() != RedisFault.CLOSED
                        && patience.leftNanos(System.nanoTime() - begun) > 0;
                if (sends || !mayGoOn) {
                    throw cause;
                }
            }
        }
    }

    private static RuntimeException cause(CompletionException e) {
        if (e.getCause() instanceof RuntimeException cause) {
            // Thrown on another thread perhaps, whose trace does not tell who wanted this job saved.
            cause.addSuppressed(new IllegalStateException("it was saved for " + Thread.currentThread()));
            return cause;
        }
        return e;
    }

    /** Throws {@link CompletionException} with what the one who sent for it met. */
    private Outcome await(Pending own, Patience patience, long begun) {
        // Patience is for faults; the wait for those who are before it is added.
        long spare = redis.settings().callTimeout().toNanos();
        long interruptedAt = 0;
        try {
            while (true) {
                long left = patience.leftNanos(System.nanoTime() - begun - spare);
                if (interruptedAt != 0) {
                    left = Math.min(left, interruptedAt + INTERRUPTED_NANOS - System.nanoTime());
                }
                try {
                    return own.outcome.get(left, TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    // JobRunr saves on threads that it has interrupted: while Redis is well, that is no reason to fail.
                    interruptedAt = System.nanoTime() | 1;
                } catch (TimeoutException e) {
                    leave(own);
                    throw redis.gaveUp("save", begun, interruptedAt != 0);
                } catch (ExecutionException e) {
                    throw new CompletionException(e.getCause());
                }
            }
        } finally {
            if (interruptedAt != 0) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Goes out of the line; what is on its way to Redis goes on. */
    private void leave(Pending pending) {
        boolean waited;
        lock.lock();
        try {
            waited = waiting.remove(pending);
        } finally {
            lock.unlock();
        }
        // Completed by whoever comes first: its turn, if it has come, is the next one's, and if not, it does not come.
        if (!waited && !pending.outcome.complete(Outcome.CONFLICT) && pending.outcome.join() == Outcome.TURN) {
            passOn();
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

    /** How many wait for their turn. */
    int waiting() {
        lock.lock();
        try {
            return waiting.size();
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
        } catch (JedisDataException e) {
            // Redis is well: one of the jobs cannot be saved, and the others need not suffer.
            if (group.size() == 1) {
                group.get(0).outcome.completeExceptionally(e);
            } else {
                group.forEach(this::sendAlone);
            }
            passOn();
        } catch (Throwable e) {
            passOn();
            // Each of them throws it to its caller, this thread's own one included.
            group.forEach(pending -> pending.outcome.completeExceptionally(e));
        }
    }

    private void sendAlone(Pending pending) {
        try {
            boolean saved = send.apply(List.of(pending.arguments))[0];
            pending.outcome.complete(saved ? Outcome.SAVED : Outcome.CONFLICT);
        } catch (Throwable e) {
            pending.outcome.completeExceptionally(e);
        }
    }

    private void passOn() {
        Pending next;
        do {
            lock.lock();
            try {
                next = waiting.poll();
                if (next == null) {
                    sending--;
                }
            } finally {
                lock.unlock();
            }
            // One that has just left takes no turn.
        } while (next != null && !next.outcome.complete(Outcome.TURN));
    }
}
