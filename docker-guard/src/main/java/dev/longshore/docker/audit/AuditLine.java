package dev.longshore.docker.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One line: {@code {"seq":…,"time":…,…,"prev":"…","hash":"…"}}. {@code prev} is the hash of the line before, {@code hash} is over all
 * bytes before the comma that precedes it: the very bytes, so that it needs no canonical form of JSON.
 *
 * @param seq numbers all lines of a log from 1 on, over all its files
 * @param prev the hash of the line before
 * @param hash its own, as it says
 * @param keyed whether the hash was made with a key, as it says
 * @param fields all of it
 */
record AuditLine(long seq, String prev, String hash, boolean keyed, JsonNode fields) {
    static final ObjectMapper JSON = new ObjectMapper();

    private static final String UNKEYED = ",\"hash\":\"";
    private static final String KEYED = ",\"hmac\":\"";
    /** One of these, the hash, a quote and a brace. */
    private static final int CLOSING = UNKEYED.length() + ChainHash.LENGTH + 2;

    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

    /** A line in bytes, with its newline, and its hash. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Written(byte[] bytes, String hash) {}

    static Written write(ChainHash chain, long seq, String time, String process, ObjectNode fields, String prev) {
        ObjectNode line = JSON.createObjectNode();
        line.put("seq", seq).put("time", time).put("process", process);
        line.setAll(fields);
        line.put("prev", prev);
        byte[] open;
        try {
            open = JSON.writeValueAsBytes(line);
        } catch (IOException e) {
            throw new IllegalStateException("a JSON tree can always be written", e);
        }
        int length = open.length - 1; // without the brace, which comes after the hash
        String hash = chain.of(open, length);
        byte[] closing = (",\"" + chain.field() + "\":\"" + hash + "\"}\n").getBytes(StandardCharsets.US_ASCII);
        byte[] bytes = Arrays.copyOf(open, length + closing.length);
        System.arraycopy(closing, 0, bytes, length, closing.length);
        return new Written(bytes, hash);
    }

    /** Whether the line is closed with a key, by its form. */
    static boolean looksKeyed(byte[] bytes) {
        return bytes.length > CLOSING && closing(bytes).equals(KEYED);
    }

    private static String closing(byte[] bytes) {
        return new String(bytes, bytes.length - CLOSING, UNKEYED.length(), StandardCharsets.ISO_8859_1);
    }

    /** The line that these bytes, without a newline, are; empty if they are none. */
    static Optional<AuditLine> parse(byte[] bytes) {
        if (bytes.length <= CLOSING) {
            return Optional.empty();
        }
        JsonNode fields;
        try {
            fields = JSON.readTree(bytes);
        } catch (IOException e) {
            return Optional.empty();
        }
        boolean keyed = looksKeyed(bytes);
        String hash = fields.path(keyed ? "hmac" : "hash").asText("");
        String prev = fields.path("prev").asText("");
        boolean wellFormed = fields.path("seq").isIntegralNumber()
                && fields.path("seq").canConvertToLong()
                && (keyed || closing(bytes).equals(UNKEYED))
                && HEX.matcher(hash).matches()
                && HEX.matcher(prev).matches();
        return wellFormed
                ? Optional.of(new AuditLine(fields.path("seq").asLong(), prev, hash, keyed, fields))
                : Optional.empty();
    }

    /** Whether its hash is that of its bytes. */
    boolean intact(ChainHash chain, byte[] bytes) {
        return keyed == chain.keyed() && chain.matches(bytes, bytes.length - CLOSING, hash);
    }
}
