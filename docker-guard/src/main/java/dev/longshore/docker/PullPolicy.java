package dev.longshore.docker;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** When an image is fetched from its registry. */
public enum PullPolicy {
    /** Never: it must be on the daemon. */
    NEVER,
    /** If the daemon does not have it. */
    MISSING,
    /** Each time; a registry that cannot be reached is a failure even where the daemon has the image. */
    ALWAYS,
    /**
     * If the daemon does not have it, or it was last pulled from here more than a day ago. A registry that cannot be reached is then no
     * failure where the daemon has the image.
     */
    DAILY;

    /** By its name in any case; empty if there is none of that name. */
    public static Optional<PullPolicy> parse(String text) {
        return Arrays.stream(values())
                .filter(policy -> policy.toString().equals(text.strip().toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
