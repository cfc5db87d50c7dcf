package dev.longshore.worker.preflight;

import dev.longshore.step.Sizes;
import dev.longshore.worker.SystemWords;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Whether this machine can run steps at all. */
public final class MachineChecks {
    /** Below this even a small source's graph may not fit. */
    private static final long LEAST_FREE = 64L << 20;

    private static final String NAME = "work directory";

    private final Path work;

    /** @param work where runs keep what they make until it is published */
    public MachineChecks(Path work) {
        this.work = work;
    }

    public List<Check> all() {
        String java = System.getProperty("java.version") + ", "
                + Sizes.format(Runtime.getRuntime().maxMemory()) + " of heap at most, "
                + Runtime.getRuntime().availableProcessors() + " processors";
        return List.of(Check.ok("Java", java), workDirectory());
    }

    private Check workDirectory() {
        try {
            Files.createDirectories(work);
            Files.delete(Files.createTempFile(work, "doctor", null));
            FileStore store = Files.getFileStore(work);
            String detail = work + ", " + Sizes.format(store.getUsableSpace()) + " free";
            return store.getUsableSpace() >= LEAST_FREE
                    ? Check.ok(NAME, detail)
                    : Check.problem(NAME, detail, "free some space, or name another directory with --work");
        } catch (IOException e) {
            return Check.problem(
                    NAME,
                    "cannot be written: " + SystemWords.describe(e),
                    "name another directory with --work, or let this user write this one");
        }
    }
}
