package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * One of JobRunr's servers that said within the last heartbeat that it lives.
 *
 * @param name as it is configured; the dashboard shows it
 * @param queues those that its workers take jobs from; empty: all. One that is about to stop takes from none.
 */
public record LivingServer(String name, Optional<Set<String>> queues) {
    private static final String ALL = "all";
    private static final String THESE = "these";
    /** Stands in no name. */
    private static final String SEPARATOR = "\0";

    /** Copies the queues. */
    public LivingServer {
        queues = queues.map(Set::copyOf);
    }

    /** Whether a job of that queue would be taken. */
    public boolean takesFrom(String queue) {
        return queues.isEmpty() || queues.get().contains(queue);
    }

    /** What others are to know of a holder: its server, and behind it this. */
    byte[] description(UUID server) {
        List<String> words = new ArrayList<>(List.of(name, queues.isEmpty() ? ALL : THESE));
        queues.ifPresent(words::addAll);
        byte[] text = String.join(SEPARATOR, words).getBytes(UTF_8);
        return ByteBuffer.allocate(16 + text.length)
                .putLong(server.getMostSignificantBits())
                .putLong(server.getLeastSignificantBits())
                .put(text)
                .array();
    }

    /** From what stands behind the server's id in a description. */
    static LivingServer of(byte[] text) {
        List<String> words = List.of(new String(text, UTF_8).split(SEPARATOR, -1));
        Optional<Set<String>> queues = words.size() > 1 && words.get(1).equals(THESE)
                ? Optional.of(Set.copyOf(words.subList(2, words.size())))
                : Optional.empty();
        return new LivingServer(words.get(0), queues);
    }

    /** From a whole description. */
    static LivingServer ofDescription(byte[] description) {
        return of(Arrays.copyOfRange(description, Math.min(16, description.length), description.length));
    }
}
