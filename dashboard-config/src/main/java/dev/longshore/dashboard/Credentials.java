package dev.longshore.dashboard;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The one user of a dashboard. Keeps a digest only, and compares in a time that tells nothing. */
final class Credentials {
    private static final String SCHEME = "basic ";
    /** Far above any name and password; below what would be work to digest. */
    private static final int LONGEST_HEADER = 2048;

    private final byte[] digest;

    Credentials(String user, String password) {
        this.digest = sha256((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    /** Whether the header {@code Authorization} holds them. */
    boolean match(@Nullable String authorization) {
        if (authorization == null
                || authorization.length() > LONGEST_HEADER
                || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return false;
        }
        byte[] given;
        try {
            given = Base64.getDecoder()
                    .decode(authorization.substring(SCHEME.length()).strip());
        } catch (IllegalArgumentException e) {
            return false; // not Base64, so not them
        }
        return MessageDigest.isEqual(digest, sha256(given));
    }

    private static byte[] sha256(byte[] text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
