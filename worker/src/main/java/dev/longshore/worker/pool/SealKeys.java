package dev.longshore.worker.pool;

import dev.longshore.redis.JobSeal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/** The keys that a pool's jobs are sealed with: made with the pool, and never without being asked for again. */
public final class SealKeys {
    /** Instead of a file: jobs are not sealed. */
    public static final String OFF = "off";

    private static final int KEY_BYTES = 32;
    private static final int ID_BYTES = 4;
    private static final SecureRandom RANDOM = new SecureRandom();

    private SealKeys() {}

    /** Writes a file with one new key, for its owner alone. */
    public static void create(Path file) throws IOException {
        byte[] key = new byte[KEY_BYTES];
        byte[] id = new byte[ID_BYTES];
        RANDOM.nextBytes(key);
        RANDOM.nextBytes(id);
        PoolDirectory.writeOnce(
                file,
                "# Longshore seals a pool's jobs with the first key, and trusts those sealed with any: one id:base64 a line.\n"
                        + "k" + HexFormat.of().formatHex(id) + ":"
                        + Base64.getEncoder().encodeToString(key) + "\n");
    }

    /**
     * The seal to use.
     *
     * @param named the file that was named, or {@link #OFF}; the pool's own, which is made if need be, where none was
     * @throws PoolException the file cannot be used
     */
    static Optional<JobSeal> open(Optional<String> named, Path own) throws IOException {
        if (named.isPresent() && named.get().equals(OFF)) {
            return Optional.empty();
        }
        Path file = named.map(Path::of).orElse(own);
        if (named.isEmpty() && !Files.exists(own)) {
            create(own);
        }
        try {
            return Optional.of(JobSeal.fromFile(file));
        } catch (IllegalArgumentException e) {
            throw new PoolException(
                    String.valueOf(e.getMessage()), "longshore queue new-seal-keys FILE writes a file as it should be");
        }
    }
}
