package dev.longshore.redis;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** What kind of threads run jobs. */
enum WorkerThreads {
    PLATFORM {
        @Override
        ExecutorService pool(int count) {
            AtomicInteger number = new AtomicInteger();
            return Executors.newFixedThreadPool(
                    count, task -> new Thread(task, "backgroundjob-worker-" + number.incrementAndGet()));
        }
    },
    VIRTUAL {
        @Override
        ExecutorService pool(int count) {
            try {
                // Compiled for Java 17, which has none.
                Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
                Class<?> type = Class.forName("java.lang.Thread$Builder");
                builder = type.getMethod("name", String.class, long.class).invoke(builder, "backgroundjob-worker-", 1L);
                ThreadFactory factory =
                        (ThreadFactory) type.getMethod("factory").invoke(builder);
                return (ExecutorService) Executors.class
                        .getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
                        .invoke(null, factory);
            } catch (NoSuchMethodException | ClassNotFoundException e) {
                throw new UnsupportedOperationException(
                        "virtual threads need Java 21 or newer, and this is "
                                + Runtime.version().feature(),
                        e);
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException("virtual threads cannot be made", e);
            }
        }
    };

    /** Threads for so many jobs at once. */
    abstract ExecutorService pool(int count);
}
