package dev.longshore.docker;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;

/** Threads that do not keep the program alive, named so that a thread dump explains itself. */
final class Daemons {
    private static final AtomicLong NUMBER = new AtomicLong();

    private Daemons() {}

    static ThreadFactory threads(String job) {
        return task -> thread(job, task);
    }

    static Thread thread(String job, Runnable task) {
        Thread thread = new Thread(task, "longshore-" + job + "-" + NUMBER.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }
}
