package dev.longshore.dashboard;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Interrupts threads that wait for a client for too long, and sooner where others wait for a thread. An interrupt closes
 * the connection that the thread reads from or writes to, which is what frees it. Thread-safe.
 */
final class Watchdog implements AutoCloseable {
    private static final long TICK_MILLIS = 100;

    /** What a thread is at, and how long it may be. */
    enum Phase {
        /** Waits for the request's head: sent at once by everything but what means to block the server. */
        READING(Duration.ofSeconds(10), Duration.ofMillis(500)),
        /** Looks the answer up; the storage's own deadlines come first. */
        WORKING(Duration.ofSeconds(60), Duration.ofSeconds(60)),
        /** Waits for the client to take the answer. */
        WRITING(Duration.ofSeconds(30), Duration.ofSeconds(5));

        private final Duration limit;
        private final Duration limitWhenCrowded;

        Phase(Duration limit, Duration limitWhenCrowded) {
            this.limit = limit;
            this.limitWhenCrowded = limitWhenCrowded;
        }
    }

    private final LongSupplier nanos;
    private final BooleanSupplier crowded;
    /** The oldest first. */
    private final Map<Thread, Watched> watched = new LinkedHashMap<>();

    private final Thread ticker;
    private boolean closed;

    /** The current thread, as long as it is not closed. */
    final class Watched implements AutoCloseable {
        private Phase phase;
        private long since;

        private Watched(Phase phase) {
            this.phase = phase;
            this.since = nanos.getAsLong();
        }

        void enter(Phase next) {
            synchronized (Watchdog.this) {
                phase = next;
                since = nanos.getAsLong();
            }
        }

        /** No interrupt of the watchdog's comes afterwards, and none is left behind. */
        @Override
        public void close() {
            synchronized (Watchdog.this) {
                watched.remove(Thread.currentThread());
                Watchdog.this.notifyAll();
                Thread.interrupted();
            }
        }
    }

    /**
     * @param nanos a clock like {@link System#nanoTime()}
     * @param crowded whether requests wait for a thread
     */
    Watchdog(LongSupplier nanos, BooleanSupplier crowded) {
        this.nanos = nanos;
        this.crowded = crowded;
        this.ticker = new Thread(this::tick, "longshore-dashboard-watchdog");
        ticker.setDaemon(true);
        ticker.start();
    }

    synchronized Watched watch(Phase phase) {
        Watched thread = new Watched(phase);
        watched.put(Thread.currentThread(), thread);
        notifyAll();
        return thread;
    }

    /** The current thread's; it must be watched. */
    synchronized Watched current() {
        Watched thread = watched.get(Thread.currentThread());
        if (thread == null) {
            throw new IllegalStateException("this thread is not watched");
        }
        return thread;
    }

    /** Whether no thread is watched, now or within {@code patience}. */
    synchronized boolean awaitNone(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!watched.isEmpty()) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    private synchronized void tick() {
        try {
            while (!closed) {
                if (watched.isEmpty()) {
                    wait();
                } else {
                    interruptLate();
                    wait(TICK_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody interrupts it but who wants it gone
        }
    }

    private void interruptLate() {
        boolean hurry = crowded.getAsBoolean();
        long now = nanos.getAsLong();
        watched.forEach((thread, at) -> {
            Duration limit = hurry ? at.phase.limitWhenCrowded : at.phase.limit;
            if (now - at.since > limit.toNanos()) {
                thread.interrupt();
            }
        });
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
