package dev.longshore.worker.cli;

import dev.longshore.run.RunSpec;
import dev.longshore.worker.HeldFile;
import dev.longshore.worker.RunDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * Shows other processes that a run is alive, and keeps them from publishing to the same directory meanwhile. The system
 * lets go of it however the process ends.
 */
final class RunLock implements AutoCloseable {
    private final HeldFile alive;
    private final HeldFile out;

    private RunLock(HeldFile alive, HeldFile out) {
        this.alive = alive;
        this.out = out;
    }

    /** Throws BadInputException if another run is about to publish to the same directory. */
    static RunLock take(Path work, RunSpec spec) throws IOException {
        RunDirectory directory = RunDirectory.of(work, spec.id());
        directory.create();
        HeldFile alive = HeldFile.create(directory.lockFile());
        Optional<HeldFile> out = Optional.empty();
        try {
            UUID name = UUID.nameUUIDFromBytes(spec.out().toString().getBytes(StandardCharsets.UTF_8));
            out = HeldFile.take(Files.createDirectories(work.resolve("locks")).resolve(name.toString()));
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

    @Override
    public void close() throws IOException {
        try {
            alive.close();
        } finally {
            out.close();
        }
    }
}
