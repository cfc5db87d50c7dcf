package dev.longshore.worker.cli;

import dev.longshore.run.RunSpec;
import dev.longshore.worker.RunDirectory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
        FileChannel alive = locked(directory.lockFile())
                .orElseThrow(() -> new IllegalStateException("another process has the new run " + spec.id()));
        UUID name = UUID.nameUUIDFromBytes(spec.out().toString().getBytes(StandardCharsets.UTF_8));
        Optional<FileChannel> out =
                locked(Files.createDirectories(work.resolve("locks")).resolve(name.toString()));
        if (out.isEmpty()) {
            alive.close();
            directory.delete();
            throw new BadInputException("another run is about to publish to " + spec.out());
        }
        return new RunLock(alive, out.get());
    }

    /** The file, open and locked; empty if another process has it. */
    static Optional<FileChannel> locked(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return Optional.of(channel);
            }
        } catch (OverlappingFileLockException e) {
            // held by this very process
            channel.close();
            return Optional.empty();
        }
        channel.close();
        return Optional.empty();
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
