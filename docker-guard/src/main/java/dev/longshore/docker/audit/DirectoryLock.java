package dev.longshore.docker.audit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Has one writer at a time, of this process and of all others. The system lets go of it when a process dies. Waiting has a deadline,
 * since a stopped process may hold it for ever, and pays no heed to interrupts: callers are interrupted when a run is cancelled, and
 * that is not to cost a line.
 */
final class DirectoryLock implements AutoCloseable {
    private static final long LONGEST_PAUSE = 1_000_000;

    private final AuditDirectory directory;
    private final ReentrantLock own;
    private final FileChannel channel;

    DirectoryLock(AuditDirectory directory) throws IOException {
        this.directory = directory;
        this.own = directory.processLock();
        own.lock();
        try {
            channel = FileChannel.open(
                    directory.lock(),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } finally {
            own.unlock();
        }
    }

    /** What is done while it is held. */
    interface Work<T> {
        T run() throws IOException;
    }

    <T> T holding(Duration deadline, Work<T> work) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            long end = System.nanoTime() + deadline.toNanos();
            while (true) {
                try {
                    if (!own.tryLock(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                        throw held(deadline);
                    }
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            try {
                FileLock lock = acquire(end, deadline);
                try {
                    return work.run();
                } finally {
                    lock.release();
                }
            } finally {
                own.unlock();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** By trying: the call that waits would close the channel when its thread is interrupted, and has no deadline. */
    private FileLock acquire(long end, Duration deadline) throws IOException {
        long pause = 20_000;
        while (true) {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return lock;
            }
            if (System.nanoTime() >= end) {
                throw held(deadline);
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(LONGEST_PAUSE, pause * 2);
        }
    }

    private IOException held(Duration deadline) {
        return new IOException(directory.lock() + " was held by another process for " + deadline.toMillis() + " ms");
    }

    /** In this process no other may hold it meanwhile: the system lets go of a file with the first of its channels that is closed. */
    @Override
    public void close() throws IOException {
        own.lock();
        try {
            channel.close();
        } finally {
            own.unlock();
        }
    }
}
