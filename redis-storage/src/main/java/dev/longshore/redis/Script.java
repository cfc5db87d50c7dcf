package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A Lua script, which Redis runs as one step. Known to Redis by its SHA-1, so that only the first call carries its text.
 *
 * <p>A script must be written so that running it again after its answer was lost does no harm: {@link Redis} does so.
 */
public final class Script {
    private final String name;
    private final byte[] text;
    private final byte[] sha1;

    private Script(String name, byte[] text) {
        this.name = name;
        this.text = text;
        try {
            this.sha1 = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(text))
                    .getBytes(US_ASCII);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    /**
     * Reads a script.
     *
     * @param owner the class beside which the script lies
     * @param parts the names of the files that make it up, in their order; the last one names the script
     */
    public static Script fromResource(Class<?> owner, String... parts) {
        StringBuilder text = new StringBuilder();
        for (String part : parts) {
            try (InputStream in = owner.getResourceAsStream(part)) {
                if (in == null) {
                    throw new IllegalArgumentException("no script " + part + " beside " + owner.getName());
                }
                text.append(new String(in.readAllBytes(), US_ASCII));
            } catch (IOException e) {
                throw new UncheckedIOException("the script " + part + " cannot be read", e);
            }
        }
        return new Script(parts[parts.length - 1], text.toString().getBytes(US_ASCII));
    }

    /** Its SHA-1 in hexadecimal digits, 40 bytes: what EVALSHA takes. */
    byte[] sha1() {
        return sha1;
    }

    byte[] text() {
        return text;
    }

    @Override
    public String toString() {
        return name;
    }
}
