package dev.longshore.worker.pool;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Bounds how long a worker that has stopped working waits for a Redis that is away. While Redis answers it takes no part:
 * steps may still be removing their containers, which has its own time.
 */
final class LastWait implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final Pool pool;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "longshore-last-wait");
        thread.setDaemon(true);
        return thread;
    });

    LastWait(Pool pool) {
        this.pool = pool;
    }

    /** From now on the worker only gives back what it has. */
    void begin() {
        var unused =
                timer.scheduleWithFixedDelay(this::look, LONGEST.toMillis(), AGAIN.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        pool.fault().ifPresent(fault -> {
            Outage.LOG.warn(
                    "this worker ends without Redis ({}): the jobs it had come back to their queues within {} s of its"
                            + " return, when their lease is over, and use up no attempt",
                    fault.words(),
                    2 * Pool.HEARTBEAT.toSeconds());
            pool.giveUpRedis();
            timer.shutdown();
        });
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
