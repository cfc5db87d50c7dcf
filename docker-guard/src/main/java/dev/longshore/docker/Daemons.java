package dev.longshore.docker;

import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.MDC;

/** Threads that do not keep the program alive, named so that a thread dump explains itself. */
final class Daemons {
    private static final AtomicLong NUMBER = new AtomicLong();

    private Daemons() {}

    static ThreadFactory threads(String job) {
        return task -> plain(job, task);
    }

    /** A thread for one task, whose log lines are about what its maker's are about. */
    static Thread thread(String job, Runnable task) {
        Map<String, String> context = MDC.getCopyOfContextMap();
        return plain(job, () -> {
            if (context != null) {
                MDC.setContextMap(context);
            }
            task.run();
        });
    }

    /** A thread that serves all that come, and outlives who came first: what its log lines are about is not what its maker's are. */
    static Thread serving(String job, Runnable task) {
        return plain(job, () -> {
            MDC.clear(); // some logging systems hand the maker's on by themselves
            task.run();
        });
    }

    private static Thread plain(String job, Runnable task) {
        Thread thread = new Thread(task, "longshore-" + job + "-" + NUMBER.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }
}
