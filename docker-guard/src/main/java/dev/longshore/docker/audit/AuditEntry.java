package dev.longshore.docker.audit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What one line says, besides its number, its time, its process and its place in the chain. Text is redacted and bounded on its way
 * in. Filled by one thread, then given to {@link AuditLog}.
 */
public final class AuditEntry {
    private static final int MOST_WORDS = 32;
    private static final int LONGEST_WORD = 256;

    private final ObjectNode fields = JsonNodeFactory.instance.objectNode();

    /** What a line is about. */
    public enum Event {
        /** A call is about to be made that brings something about. */
        BEGUN,
        /** A call was made. */
        CALL,
        /** A request was let in by the policy, and by which of its rules. */
        ALLOWED,
        /** A request was refused without asking the daemon. */
        REFUSED,
        /** A whole run of a container has ended. */
        RUN,
        /** A process began to write. */
        OPENED,
        /** A process ended as it should. */
        CLOSED,
        /** Lines could not be written; how many. */
        LOST,
        /** The files were not as they had been left. */
        RECOVERED,
        /** The oldest file was removed, to make room. */
        EXPIRED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private AuditEntry(Event event) {
        fields.put("event", event.word());
    }

    public static AuditEntry of(Event event) {
        return new AuditEntry(event);
    }

    /** A field with a text, which is redacted. */
    public AuditEntry put(String name, String value) {
        fields.put(name, Redaction.text(value));
        return this;
    }

    /** A field with a word of this program's own, or of a form that cannot hold a secret: written as it is. */
    public AuditEntry word(String name, String value) {
        fields.put(name, value);
        return this;
    }

    /** A field with a number. */
    public AuditEntry put(String name, long value) {
        fields.put(name, value);
        return this;
    }

    /** A field {@code millis}, to the microsecond. */
    public AuditEntry took(Duration duration) {
        fields.put("millis", Math.round(duration.toNanos() / 1e3) / 1e3);
        return this;
    }

    /** A field with words, each redacted, at most 32 of at most 256 characters; the value of an option named like a secret too. */
    public AuditEntry put(String name, List<String> words) {
        ArrayNode array = fields.putArray(name);
        boolean secret = false;
        for (String word : words.subList(0, Math.min(MOST_WORDS, words.size()))) {
            String text = secret ? Redaction.MASK : Redaction.text(word);
            array.add(text.length() > LONGEST_WORD ? text.substring(0, LONGEST_WORD) + "…" : text);
            secret = word.startsWith("-") && Redaction.namesSecret(word);
        }
        if (words.size() > MOST_WORDS) {
            array.add("… and " + (words.size() - MOST_WORDS) + " more");
        }
        return this;
    }

    ObjectNode fields() {
        return fields;
    }
}
