package dev.longshore.redis;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No acknowledged job is lost and none is stuck, whatever happens to Redis, to the network and to workers. A few rounds of
 * it here; all with {@code -Dlongshore.test.rounds=200}, the same again with {@code -Dlongshore.test.seed=…}. What happened
 * is in {@code target/fault-run.log}.
 */
@Tag("redis")
class FaultRunTest {
    private static final int ROUNDS = Integer.getInteger("longshore.test.rounds", 10);
    private static final long SEED = Long.getLong("longshore.test.seed", System.nanoTime());

    @TempDir
    private Path directory;

    @Test
    void losesNoJob() throws Exception {
        Path log = Files.createDirectories(Path.of("target")).resolve("fault-run.log");
        try (FaultRun run = new FaultRun(directory, log, SEED)) {
            for (int round = 1; round <= ROUNDS; round++) {
                run.round(round);
            }
            System.out.println("Fault run, seed " + SEED + ", " + ROUNDS + " rounds: " + run.finish());
        }
    }

    /** Longer than JobRunr lets a server be silent; {@code -Dlongshore.test.outage=60} makes it a minute. */
    @Test
    void outlivesLongOutages() throws Exception {
        Path log = Files.createDirectories(Path.of("target")).resolve("outages.log");
        try (FaultRun run = new FaultRun(directory, log, SEED)) {
            run.outages(Duration.ofSeconds(Integer.getInteger("longshore.test.outage", 22)));
            System.out.println("Long outages: " + run.finish());
        }
    }
}
