package dev.longshore.redis;

import org.jobrunr.storage.StorageException;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/**
 * Makes sure that all who use a store seal it with the same keys, before anyone reads a job. Otherwise a process that was
 * given the wrong key file would put every job of the others into quarantine.
 *
 * <p>The store keeps a mark for that, signed as jobs are.
 */
final class SealCheck {
    private static final byte[] FIELD = Bytes.of("seal");
    private static final byte[] MARK = Bytes.of("sealed");

    private final Redis redis;
    private final Keys keys;
    private final @Nullable JobSeal seal;
    private volatile boolean passed;

    SealCheck(Redis redis, Keys keys, @Nullable JobSeal seal) {
        this.redis = redis;
        this.keys = keys;
        this.seal = seal;
    }

    /**
     * Passes at once when it has passed before.
     *
     * @throws StorageException if the store is sealed with keys that are not given here, or sealed and none is given
     */
    void pass() {
        if (!passed) {
            check();
            passed = true;
        }
    }

    private void check() {
        byte[] mark = (byte[]) redis.command(Command.HGET, keys.of("statistics"), FIELD);
        if (seal == null) {
            if (mark != null) {
                throw new StorageException("the jobs of " + keys + " are sealed, and no keys are given here: give this"
                        + " process the key file of the others");
            }
            return;
        }
        if (mark == null) {
            redis.command(Command.HSETNX, keys.of("statistics"), FIELD, seal.seal(context(), FIELD, MARK));
            mark = (byte[]) redis.command(Command.HGET, keys.of("statistics"), FIELD);
        }
        JobSeal.Opened opened = seal.open(context(), FIELD, mark);
        if (!(opened instanceof JobSeal.Opened.Genuine)) {
            throw new StorageException("the jobs of " + keys + " are sealed with other keys than those given here, "
                    + seal.keyIds() + ": "
                    + (opened instanceof JobSeal.Opened.UnknownKey unknown
                            ? "the key " + unknown.id() + " is missing"
                            : "a key has the right name and another value"));
        }
        // With the key that signs now: the one before may be dropped one day.
        redis.command(Command.HSET, keys.of("statistics"), FIELD, seal.seal(context(), FIELD, MARK));
    }

    private byte[] context() {
        return Bytes.of(keys + "seal");
    }
}
