package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/**
 * The keys of one store. All begin with the same hash tag, so that Redis Cluster keeps them together and a script may
 * touch them all. What each holds is in this module's README.
 */
final class Keys {
    /** The order that {@code keys.lua} takes them apart in. */
    private static final List<String> NAMES = List.of(
            "jobs",
            "claims",
            "queues",
            "signatures",
            "counts",
            "scheduled",
            "awaiting",
            "recurring",
            "recurring-numbers",
            "instants",
            "statistics",
            "quarantine",
            "servers",
            "leases",
            "holders",
            "wake");

    private final String prefix;
    private final List<byte[]> all;
    private final byte[] metadata;

    Keys(String name) {
        if (!name.matches("[\\w.:/-]{1,100}")) {
            throw new IllegalArgumentException("a store's name is 1 to 100 letters, digits and _ . : / -, not " + name);
        }
        this.prefix = "{" + name + "}:";
        this.all = NAMES.stream().map(key -> (prefix + key).getBytes(UTF_8)).toList();
        this.metadata = (prefix + "metadata").getBytes(UTF_8);
    }

    /** What each script is given. */
    List<byte[]> all() {
        return all;
    }

    /** Of a key in {@link #NAMES}. */
    byte[] of(String name) {
        return all.get(NAMES.indexOf(name));
    }

    byte[] metadata() {
        return metadata;
    }

    /** Where workers listen for what they must know at once. */
    byte[] wakeChannel() {
        return of("wake");
    }

    @Override
    public String toString() {
        return prefix;
    }
}
