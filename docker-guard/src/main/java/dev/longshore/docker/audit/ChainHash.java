package dev.longshore.docker.audit;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/** What a line is closed with: SHA-256 of its bytes, or HMAC-SHA256 where there is a key. Not thread-safe. */
final class ChainHash {
    /** Before the first line. */
    static final String NONE = "0".repeat(64);

    static final int LENGTH = 64;

    private final @Nullable Mac mac;
    private final @Nullable MessageDigest digest;

    ChainHash(Optional<AuditKey> key) {
        try {
            if (key.isPresent()) {
                mac = Mac.getInstance(AuditKey.ALGORITHM);
                mac.init(key.get().secret());
                digest = null;
            } else {
                digest = MessageDigest.getInstance("SHA-256");
                mac = null;
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256 and HMAC-SHA256", e);
        }
    }

    boolean keyed() {
        return mac != null;
    }

    /** What the closing field is called, so that nobody takes a hash that anybody can compute for one that only the key's owner can. */
    String field() {
        return mac == null ? "hash" : "hmac";
    }

    String of(byte[] bytes, int length) {
        byte[] sum;
        if (mac != null) {
            mac.update(bytes, 0, length);
            sum = mac.doFinal();
        } else {
            MessageDigest sha = Objects.requireNonNull(digest);
            sha.update(bytes, 0, length);
            sum = sha.digest();
        }
        return HexFormat.of().formatHex(sum);
    }

    boolean matches(byte[] bytes, int length, String hash) {
        return MessageDigest.isEqual(
                of(bytes, length).getBytes(StandardCharsets.US_ASCII), hash.getBytes(StandardCharsets.US_ASCII));
    }
}
