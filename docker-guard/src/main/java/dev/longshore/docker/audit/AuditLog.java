package dev.longshore.docker.audit;

import dev.longshore.docker.audit.AuditEntry.Event;
import dev.longshore.docker.audit.AuditSettings.Durability;
import dev.longshore.docker.audit.AuditSettings.OnFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the lines of one process. Open it before the guard that uses it, close it after. Safe for use by several threads, and
 * interrupts cost no line.
 */
public final class AuditLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    /** How long another process may take for its line. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    /** The same once it has failed: callers are not to wait for each line again. */
    private static final Duration NO_PATIENCE = Duration.ofMillis(20);

    private final AuditSettings settings;
    private final ChainWriter writer;
    private final Clock clock;
    private final Thread syncing;

    private long written;
    private long lost;
    private long lostUntold;
    private @Nullable Instant failingSince;
    private String failure = "";
    private boolean dirty;
    private boolean closed;

    /**
     * How it goes.
     *
     * @param written lines of this process
     * @param lost lines of this process that could not be written
     * @param failure why lines cannot be written now, if so
     */
    public record Status(long written, long lost, Optional<String> failure) {}

    private AuditLog(AuditSettings settings, ChainWriter writer, Clock clock) {
        this.settings = settings;
        this.writer = writer;
        this.clock = clock;
        this.syncing = new Thread(this::syncNowAndThen, "longshore-audit-sync");
        syncing.setDaemon(true);
    }

    /**
     * Opens a log, or goes on with one, and writes a first line.
     *
     * @throws AuditException it cannot be written, or was begun with a key and none is given, or the other way round
     */
    public static AuditLog open(AuditSettings settings) {
        return open(settings, Clock.systemUTC());
    }

    static AuditLog open(AuditSettings settings, Clock clock) {
        AuditLog log;
        try {
            AuditDirectory directory = AuditDirectory.create(settings.directory());
            requireSameKeying(settings, directory);
            log = new AuditLog(settings, new ChainWriter(settings, directory, clock), clock);
        } catch (IOException e) {
            throw unwritable(settings, e);
        }
        try {
            log.append(List.of(AuditEntry.of(Event.OPENED)
                    .put("user", System.getProperty("user.name", ""))
                    .put("java", System.getProperty("java.version", ""))));
        } catch (IOException e) {
            try {
                log.writer.close();
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw unwritable(settings, e);
        }
        if (settings.durability() == Durability.EVERY_SECOND) {
            log.syncing.start();
        }
        return log;
    }

    private static AuditException unwritable(AuditSettings settings, IOException e) {
        return new AuditException(
                "the audit log in " + settings.directory() + " cannot be written: " + e.getMessage(),
                "name a directory that this user may write to, on a disk with room",
                e);
    }

    private static void requireSameKeying(AuditSettings settings, AuditDirectory directory) throws IOException {
        List<Path> files = new ArrayList<>(directory.fullFiles());
        files.add(directory.current());
        for (Path file : files) {
            Optional<AuditLine> first = Recovery.firstLine(file, settings.fileBytes());
            if (first.isPresent() && first.get().keyed() != settings.key().isPresent()) {
                throw new AuditException(
                        "the audit log in " + settings.directory()
                                + (first.get().keyed() ? " is chained with a key" : " was begun without a key"),
                        first.get().keyed() ? "name its key" : "begin one with a key in a new directory");
            }
        }
    }

    /** What nobody else is to write or read: the log's directory, and the key's file if there is one. */
    public List<Path> files() {
        List<Path> files = new ArrayList<>(List.of(settings.directory()));
        settings.key().ifPresent(key -> files.add(key.file()));
        return files;
    }

    /**
     * Writes a line that something depends on.
     *
     * @throws AuditException it cannot be written, and the settings say to refuse then
     */
    public void require(AuditEntry entry) {
        if (settings.onFailure() == OnFailure.CONTINUE) {
            record(entry);
            return;
        }
        try {
            append(List.of(entry));
        } catch (IOException e) {
            throw new AuditException(
                    "the audit log cannot be written: " + e.getMessage(),
                    "make room on the disk of " + settings.directory()
                            + "; what is refused meanwhile can be tried again",
                    e);
        }
    }

    /** Writes a line; where that is not possible it is counted, and the number written as soon as it is. */
    public void record(AuditEntry entry) {
        try {
            append(List.of(entry));
        } catch (IOException e) {
            synchronized (this) {
                lost++;
                lostUntold++;
            }
            LOG.debug("an audit line was lost", e);
        }
    }

    /** The log's newest line, as {@code number:hash}: noted elsewhere, it shows whether lines were cut off the end later. */
    public String head() {
        try {
            return writer.head(PATIENCE).toString();
        } catch (IOException e) {
            throw unwritable(settings, e);
        }
    }

    public synchronized Status status() {
        return new Status(written, lost, failingSince == null ? Optional.empty() : Optional.of(failure));
    }

    private void append(List<AuditEntry> entries) throws IOException {
        List<AuditEntry> lines = new ArrayList<>(entries);
        Duration patience;
        long told;
        synchronized (this) {
            told = lostUntold;
            lostUntold = 0;
            patience = failingSince == null ? PATIENCE : NO_PATIENCE;
        }
        if (told > 0) {
            lines.add(0, AuditEntry.of(Event.LOST).put("lines", told).put("reason", failure()));
        }
        try {
            writer.append(patience, lines);
            if (settings.durability() == Durability.EVERY_LINE) {
                writer.sync(patience);
            }
        } catch (IOException e) {
            failed(e, told);
            throw e;
        }
        succeeded(lines.size());
    }

    private synchronized String failure() {
        return failure;
    }

    private synchronized void failed(IOException e, long untold) {
        lostUntold += untold;
        failure = String.valueOf(e.getMessage());
        if (failingSince == null) {
            failingSince = clock.instant();
            LOG.error("the audit log in {} cannot be written: {}", settings.directory(), failure);
        }
    }

    private synchronized void succeeded(int lines) {
        written += lines;
        if (failingSince != null) {
            LOG.warn("the audit log can be written again, after {}", Duration.between(failingSince, clock.instant()));
            failingSince = null;
        }
        if (!dirty) {
            dirty = true;
            notifyAll();
        }
    }

    private void syncNowAndThen() {
        try {
            while (awaitDirty()) {
                try {
                    writer.sync(PATIENCE);
                } catch (IOException e) {
                    failed(e, 0);
                }
            }
        } catch (InterruptedException e) {
            // Closed: what was written last is brought to disk by close.
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean awaitDirty() throws InterruptedException {
        while (!dirty && !closed) {
            wait();
        }
        long end = System.nanoTime() + AuditSettings.interval().toNanos();
        for (long left = end - System.nanoTime(); left > 0 && !closed; left = end - System.nanoTime()) {
            wait(Math.max(1, left / 1_000_000));
        }
        dirty = false;
        return !closed;
    }

    /** Writes a last line and brings everything to the disk. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            notifyAll();
        }
        record(AuditEntry.of(Event.CLOSED));
        try {
            String head = writer.head(PATIENCE).toString();
            writer.sync(PATIENCE);
            LOG.info("the audit log in {} ends at {}", settings.directory(), head);
        } catch (IOException e) {
            LOG.error("the end of the audit log in {} may not be on the disk", settings.directory(), e);
        }
        try {
            writer.close();
        } catch (IOException e) {
            LOG.error("closing the audit log in {} failed", settings.directory(), e);
        }
    }
}
