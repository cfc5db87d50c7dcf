package dev.longshore.worker.cli;

import dev.longshore.run.RunSpec;
import dev.longshore.worker.RunDirectory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;

/**
 * Shows other processes that a run is alive, and keeps them from publishing to the same directory meanwhile. The system
 * lets go of it however the process ends.
 */
final class RunLock implements AutoCloseable {
    private final FileChannel alive;
    private final FileChannel out;

    private RunLock(FileChannel alive, FileChannel out) {
        this.alive = alive;
        this.out = out;
    }

    /** Throws BadInputException if another run is about to publish to the same directory. */
    static RunLock take(Path work, RunSpec spec) throws IOException {
        RunDirectory directory = RunDirectory.of(work, spec.id());
        directory.create();
        FileChannel alive = newLock(directory.lockFile());
        Optional<FileChannel> out = Optional.empty();
        try {
            UUID name = UUID.nameUUIDFromBytes(spec.out().toString().getBytes(StandardCharsets.UTF_8));
            Path file = Files.createDirectories(work.resolve("locks")).resolve(name.toString());
            out = locked(FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        } finally {
            if (out.isEmpty()) {
                directory.delete();
                alive.close();
            }
        }
        return new RunLock(
                alive,
                out.orElseThrow(() -> new BadInputException("another run is about to publish to " + spec.out())));
    }

    /** A lock file that nobody sees before it is locked: another process takes an unlocked one for a dead run's. */
    private static FileChannel newLock(Path file) throws IOException {
        Path unseen = file.resolveSibling("lock.new");
        FileChannel channel = FileChannel.open(unseen, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        FileChannel held =
                locked(channel).orElseThrow(() -> new IOException("the new file " + unseen + " is locked by another"));
        Files.move(unseen, file, StandardCopyOption.ATOMIC_MOVE);
        return held;
    }

    /** Takes over a lock whose process is dead; empty if it lives, or there is no such file. */
    static Optional<FileChannel> takeOver(Path file) throws IOException {
        try {
            return locked(FileChannel.open(file, StandardOpenOption.WRITE));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** The channel, locked; closed and empty if another has the lock. */
    private static Optional<FileChannel> locked(FileChannel channel) throws IOException {
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return Optional.empty(); // this very process has it
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        return lock == null ? Optional.empty() : Optional.of(channel);
    }

    @Override
    public void close() throws IOException {
        try {
            alive.close();
        } finally {
            out.close();
        }
    }
}
