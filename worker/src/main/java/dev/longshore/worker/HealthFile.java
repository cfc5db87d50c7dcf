package dev.longshore.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whoever looks from outside that this process works: a file that is written anew every five seconds, as long as a check
 * passes. A file that has become old, or is gone, says that it does not. A health check that asks no more than that costs next to
 * nothing, and needs no open port.
 */
public final class HealthFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthFile.class);
    private static final String VARIABLE = "LONGSHORE_HEALTH_FILE";
    private static final int PERIOD_S = 5;

    private final @Nullable Path file;
    private final Runnable check;
    private final @Nullable ScheduledExecutorService thread;

    private HealthFile(@Nullable Path file, Runnable check) {
        this.file = file;
        this.check = check;
        this.thread = file == null
                ? null
                : Executors.newSingleThreadScheduledExecutor(task -> {
                    Thread made = new Thread(task, "longshore-health");
                    made.setDaemon(true);
                    return made;
                });
    }

    /** The file that the environment names; empty if nobody looks for one. */
    public static Optional<Path> named(Map<String, String> environment) {
        return Optional.ofNullable(environment.get(VARIABLE))
                .filter(text -> !text.isBlank())
                .map(Path::of);
    }

    /**
     * Starts telling, at once.
     *
     * @param file empty to do nothing
     * @param check throws if something is wrong; what it does must have a deadline
     */
    public static HealthFile start(Optional<Path> file, Runnable check) {
        HealthFile health = new HealthFile(file.orElse(null), check);
        if (health.thread != null) {
            var unused = health.thread.scheduleWithFixedDelay(health::tell, 0, PERIOD_S, TimeUnit.SECONDS);
        }
        return health;
    }

    private void tell() {
        if (file == null) {
            return;
        }
        try {
            check.run();
            Files.writeString(file, Instant.now() + "\n");
        } catch (IOException e) {
            LOG.warn("cannot say that all is well: {}", SystemWords.describe(e));
        } catch (RuntimeException e) {
            // An exception that got out would end the telling for good.
            LOG.debug("all is not well", e);
        }
    }

    /** Stops telling; the file goes. */
    @Override
    public void close() throws IOException {
        if (thread != null && file != null) {
            thread.shutdownNow();
            Files.deleteIfExists(file);
        }
    }
}
