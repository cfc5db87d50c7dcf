package dev.longshore.docker;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees a socket being made, removed, or given to another owner, through the kernel's file notifications on its directory. Where there
 * are none (the limit on watches is reached, a socket file mounted into a container by itself) the health probe finds out alone.
 */
final class SocketWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SocketWatch.class);
    private static final Duration THREAD_END = Duration.ofSeconds(5);

    private final Path socket;
    private final Runnable changed;
    private final Thread thread = Daemons.serving("docker-socket", this::run);
    /** What the socket was when it was last known that nothing had been missed. */
    private Optional<FileIdentity> seen;

    private @Nullable WatchService service;
    private boolean closed;

    SocketWatch(Path socket, Runnable changed) {
        this.socket = socket.toAbsolutePath().normalize();
        this.changed = changed;
        this.seen = identity();
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            WatchService open = open();
            while (open != null && watch(open)) {
                LOG.trace("the directories above {} changed", socket);
            }
        } catch (IOException e) {
            LOG.info("cannot be notified of changes of {}, only look now and then: {}", socket, e.toString());
        } catch (ClosedWatchServiceException | InterruptedException e) {
            LOG.trace("the watch on {} was closed", socket, e);
        }
    }

    private synchronized @Nullable WatchService open() throws IOException {
        if (!closed) {
            service = socket.getFileSystem().newWatchService();
        }
        return service;
    }

    /** Watches the nearest directory there is; returns when that is another. */
    private boolean watch(WatchService open) throws IOException, InterruptedException {
        Path directory = nearest();
        Path awaited = directory.relativize(socket).getName(0);
        WatchKey key = directory.register(
                open,
                StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_DELETE,
                StandardWatchEventKinds.ENTRY_MODIFY);
        try {
            if (!nearest().equals(directory)) {
                return true; // it changed before it was watched
            }
            // What happened before this directory was watched, nobody tells.
            Optional<FileIdentity> now = identity();
            if (!now.equals(seen)) {
                seen = now;
                changed.run();
            }
            while (true) {
                WatchKey signalled = open.take();
                boolean about = signalled.pollEvents().stream().anyMatch(event -> isAbout(event, awaited));
                if (about) {
                    changed.run();
                }
                seen = identity();
                if (!signalled.reset() || !nearest().equals(directory)) {
                    changed.run();
                    return true;
                }
            }
        } finally {
            key.cancel();
        }
    }

    private static boolean isAbout(WatchEvent<?> event, Path awaited) {
        // An overflow may have been about anything.
        return event.context() == null || awaited.equals(event.context());
    }

    private Optional<FileIdentity> identity() {
        try {
            return Optional.of(FileIdentity.of(socket));
        } catch (IOException e) {
            LOG.trace("{} is not there", socket, e);
            return Optional.empty();
        }
    }

    private Path nearest() {
        Path directory = socket.getParent();
        while (directory != null && !Files.isDirectory(directory)) {
            directory = directory.getParent();
        }
        return directory == null ? socket.getRoot() : directory;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            if (service != null) {
                try {
                    service.close();
                } catch (IOException e) {
                    LOG.debug("closing the watch on {} failed", socket, e);
                }
            }
        }
        thread.interrupt();
        Pause.untilEnded(thread, THREAD_END);
    }
}
