package dev.longshore.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Signs every job that is stored, and refuses to run one that was not signed. Without it whoever can write to Redis decides
 * what the workers run.
 *
 * <p>The signature is an HMAC-SHA-256, cut to 16 bytes, over the store's name, the job's id and its body. One key signs; it
 * and any others verify. To change keys: give every process the new key as one that only verifies, then let it sign with
 * the old one verifying, and drop the old one once no job signed with it is left.
 *
 * <p>What it protects against: a body that someone without a key has written or changed, and one moved to another job's id
 * or another store. What it does not: <ul>
 * <li>An old body of the same job, put back: it was signed. A job can thereby be made to run again, as it can by a crash;
 * handlers must bear that anyway.
 * <li>What is stored beside the body: the state, version, queue and due time, the counts, the queues' settings. Someone
 * who can write to Redis can delete, delay or repeat jobs.
 * <li>Being read: bodies are not encrypted.
 * </ul>
 *
 * <p>Safe for use by any number of threads.
 */
public final class JobSeal {
    /** Sets a sealed body apart from every format of {@link JobBody}, whose first byte is below 128. */
    private static final byte SEALED = (byte) 0x81;

    private static final int MAC = SealKey.MAC;

    private final SealKey signing;
    private final Map<String, SealKey> keys;

    private JobSeal(SealKey signing, Map<String, SealKey> keys) {
        this.signing = signing;
        this.keys = Collections.unmodifiableMap(keys);
    }

    /**
     * Signs, and verifies, with one key.
     *
     * @param id names the key in what is stored: 1 to 32 ASCII letters, digits, dots, dashes and underscores; no secret
     * @param key at least 32 bytes, best from a random source; copied
     */
    public static JobSeal of(String id, byte[] key) {
        SealKey signing = new SealKey(id, key);
        return new JobSeal(signing, Map.of(id, signing));
    }

    /**
     * Reads keys from a file that only its owner may read: lines of {@code id:base64}, of which the first signs and all
     * verify. Empty lines and lines that begin with {@code #} count for nothing.
     *
     * @throws IllegalArgumentException when the file cannot be read, others may read it, or a line is no key; says which
     *     line, never what is in it
     */
    public static JobSeal fromFile(Path file) {
        Map<String, SealKey> keys = SealKeyFile.read(file);
        return new JobSeal(keys.values().iterator().next(), keys);
    }

    /** This seal, and one more key that only verifies; {@code id} and {@code key} as in {@link #of}. */
    public JobSeal andVerifying(String id, byte[] key) {
        Map<String, SealKey> more = new LinkedHashMap<>(keys);
        if (more.putIfAbsent(id, new SealKey(id, key)) != null) {
            throw new IllegalArgumentException("two keys have the id " + id);
        }
        return new JobSeal(signing, more);
    }

    /** The ids of the keys that verify. */
    public Set<String> keyIds() {
        return keys.keySet();
    }

    /**
     * Signs what is no job but decides what one does, such as what a handler looks up under a name that its job gives it.
     *
     * @param kind what it is and where, so that nothing of one kind can be mistaken for another
     * @param name which one it is
     */
    public byte[] sign(String kind, String name, byte[] content) {
        return seal(Bytes.of("other " + kind), Bytes.of(name), content);
    }

    /** What {@link #sign} signed with one of the keys, for this kind and name; empty if it did not. */
    public Optional<byte[]> verified(String kind, String name, byte[] signed) {
        return open(Bytes.of("other " + kind), Bytes.of(name), signed) instanceof Opened.Genuine genuine
                ? Optional.of(genuine.body())
                : Optional.empty();
    }

    /**
     * The body with its signature before it.
     *
     * @param context the store's name and the kind of what is sealed, so that neither can be mistaken for another
     * @param id the job's id, or the recurring job's
     */
    byte[] seal(byte[] context, byte[] id, byte[] body) {
        byte[] keyId = signing.idBytes();
        byte[] mac = signing.mac(context, id, body, 0, body.length);
        return ByteBuffer.allocate(2 + keyId.length + MAC + body.length)
                .put(SEALED)
                .put((byte) keyId.length)
                .put(keyId)
                .put(mac, 0, MAC)
                .put(body)
                .array();
    }

    /** The body of what {@link #seal} made of it with the same context and id, or why there is none. */
    Opened open(byte[] context, byte[] id, byte[] stored) {
        if (stored.length == 0 || stored[0] != SEALED) {
            return new Opened.Unsealed();
        }
        int bodyAt = stored.length < 2 ? 0 : 2 + (stored[1] & 0xff) + MAC;
        if (bodyAt == 0 || bodyAt > stored.length) {
            return new Opened.Forged();
        }
        String keyId = new String(stored, 2, stored[1] & 0xff, StandardCharsets.ISO_8859_1);
        if (!SealKey.isId(keyId)) {
            return new Opened.Forged();
        }
        SealKey key = keys.get(keyId);
        if (key == null) {
            return new Opened.UnknownKey(keyId);
        }
        byte[] mac = Arrays.copyOf(key.mac(context, id, stored, bodyAt, stored.length - bodyAt), MAC);
        // Compares in a time that does not tell how much of a guess was right.
        if (!MessageDigest.isEqual(mac, Arrays.copyOfRange(stored, bodyAt - MAC, bodyAt))) {
            return new Opened.Forged();
        }
        return new Opened.Genuine(Arrays.copyOfRange(stored, bodyAt, stored.length));
    }

    /** The body, whoever signed it: for looking at what was refused. */
    static byte[] withoutSeal(byte[] stored) {
        int bodyAt = stored.length < 2 || stored[0] != SEALED ? 0 : 2 + (stored[1] & 0xff) + MAC;
        return bodyAt > stored.length ? stored : Arrays.copyOfRange(stored, bodyAt, stored.length);
    }

    /** Names the keys; never shows them. */
    @Override
    public String toString() {
        return "JobSeal[signs with " + signing.id() + ", verifies " + keys.keySet() + "]";
    }

    /** What became of opening a stored body. */
    sealed interface Opened {
        /** Signed by one of the keys, for this store and id. */
        @SuppressWarnings("ArrayRecordComponent") // never compared; made and read in one place
        record Genuine(byte[] body) implements Opened {}

        /** Not signed at all: from before sealing was switched on, or from someone without a key. */
        record Unsealed() implements Opened {}

        /** Signed with a key that is not, or no longer, given here. */
        record UnknownKey(String id) implements Opened {}

        /** Written or changed by someone without the key, or moved here from another job. */
        record Forged() implements Opened {}
    }
}
