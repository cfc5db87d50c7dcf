package dev.longshore.dashboard;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of requests: bounded, as is what may wait for one. The server reads a request on its thread, so that a client
 * that sends slowly occupies one; the {@link Watchdog} ends such clients first where others wait.
 */
final class RequestThreads implements Executor, AutoCloseable {
    static final int MOST = 64;
    private static final int MOST_WAITING = 512;
    private static final long IDLE_SECONDS = 30;

    private final BlockingQueue<Runnable> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final ThreadPoolExecutor pool;
    private final Watchdog watchdog;

    RequestThreads() {
        AtomicInteger number = new AtomicInteger();
        this.pool = new ThreadPoolExecutor(MOST, MOST, IDLE_SECONDS, TimeUnit.SECONDS, waiting, task -> {
            Thread thread = new Thread(task, "longshore-dashboard-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        pool.allowCoreThreadTimeOut(true);
        this.watchdog = new Watchdog(System::nanoTime, () -> !waiting.isEmpty());
    }

    Watchdog watchdog() {
        return watchdog;
    }

    /** @throws java.util.concurrent.RejectedExecutionException if too many wait; the server then closes the connection */
    @Override
    public void execute(Runnable request) {
        pool.execute(() -> {
            try (Watchdog.Watched watched = watchdog.watch(Watchdog.Phase.READING)) {
                request.run();
            }
        });
    }

    @Override
    public void close() {
        pool.shutdownNow();
        watchdog.close();
    }
}
