package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** One key and its name. */
final class SealKey {
    /** How much of the HMAC is stored, in bytes: what RFC 2104 calls the least that is as strong. */
    static final int MAC = 16;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int SHORTEST = 32;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,32}");
    private static final byte[] DOMAIN = "longshore job 1".getBytes(US_ASCII);

    private final String id;
    private final byte[] idBytes;
    private final SecretKeySpec key;
    /** Macs not in use just now. Nothing waits while it holds one, so that there are never more than running threads. */
    private final Queue<Mac> idle = new ConcurrentLinkedQueue<>();

    SealKey(String id, byte[] key) {
        if (!isId(id)) {
            throw new IllegalArgumentException(
                    "a key's id has 1 to 32 ASCII letters, digits, dots, dashes and underscores");
        }
        if (key.length < SHORTEST) {
            throw new IllegalArgumentException(
                    "the key " + id + " has " + key.length + " bytes, fewer than the " + SHORTEST + " that are safe");
        }
        this.id = id;
        this.idBytes = id.getBytes(US_ASCII);
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    static boolean isId(String id) {
        return ID.matcher(id).matches();
    }

    String id() {
        return id;
    }

    byte[] idBytes() {
        return idBytes;
    }

    /** The whole HMAC, of which {@link #MAC} bytes count, over the parts: each with its length, so that none runs into another. */
    byte[] mac(byte[] context, byte[] jobId, byte[] bytes, int from, int length) {
        Mac mac = idle.poll();
        if (mac == null) {
            mac = newMac();
        }
        byte[] head = ByteBuffer.allocate(
                        DOMAIN.length + 4 * Integer.BYTES + idBytes.length + context.length + jobId.length)
                .put(DOMAIN)
                .putInt(idBytes.length)
                .put(idBytes)
                .putInt(context.length)
                .put(context)
                .putInt(jobId.length)
                .put(jobId)
                .putInt(length)
                .array();
        mac.update(head);
        mac.update(bytes, from, length);
        byte[] result = mac.doFinal();
        idle.offer(mac);
        return result;
    }

    private Mac newMac() {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw noHmac(e);
        }
    }

    private static IllegalStateException noHmac(GeneralSecurityException e) {
        return new IllegalStateException("every Java has " + ALGORITHM + ", but this one refuses", e);
    }

    @Override
    public String toString() {
        return "SealKey[" + id + "]";
    }
}
