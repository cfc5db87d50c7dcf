package dev.longshore.docgrapher;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A few threads that do tasks from a bounded queue, with stacks deep enough for parsers that recurse.
 *
 * <p>Life: any number of {@link #submit}, then {@link #finish}; always {@link #close}, which stops what is still running
 * and waits for it. The first task that fails ends it all, and its failure is what submit or finish throws.
 */
final class Workers<T> implements AutoCloseable {
    interface Work<T> {
        void run(T task) throws IOException, InterruptedException;
    }

    /** Reserved, not used: pages that no frame reaches cost nothing. */
    private static final long STACK_BYTES = 64L << 20;

    private static final int QUEUE = 256;

    private final BlockingQueue<Object> queue = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Object end = new Object();
    private final Work<T> work;

    Workers(int count, Work<T> work) {
        this.work = work;
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(null, this::loop, "docgrapher-" + i, STACK_BYTES);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    /** Hands a task over, when there is room for it. */
    void submit(T task) throws IOException, InterruptedException {
        throwFailure();
        queue.put(task);
    }

    /** Returns when all tasks are done. */
    void finish() throws IOException, InterruptedException {
        for (int i = 0; i < threads.size(); i++) {
            queue.put(end);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        throwFailure();
    }

    private void loop() {
        try {
            for (Object task = queue.take(); task != end; task = queue.take()) {
                if (failure.get() == null) {
                    run(task);
                }
                // After a failure tasks are still taken, so that whoever submits them never waits for room.
            }
        } catch (InterruptedException e) {
            // By close, which has noted why.
        }
    }

    private void run(Object task) {
        try {
            @SuppressWarnings("unchecked") // submit takes nothing else
            T typed = (T) task;
            work.run(typed);
        } catch (Throwable e) {
            // Also errors: whoever waits for this thread must learn of them.
            failure.compareAndSet(null, e);
        }
    }

    private void throwFailure() throws IOException, InterruptedException {
        Throwable e = failure.get();
        if (e == null) {
            return;
        }
        if (e instanceof IOException io) {
            throw new IOException(io.getMessage(), io);
        }
        if (e instanceof InterruptedException) {
            throw new InterruptedException(e.getMessage());
        }
        if (e instanceof Error error) {
            throw error;
        }
        throw new IllegalStateException("a docgrapher thread failed", e);
    }

    @Override
    public void close() {
        failure.compareAndSet(null, new InterruptedException("stopped"));
        boolean interrupted = false;
        for (Thread thread : threads) {
            thread.interrupt();
        }
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
