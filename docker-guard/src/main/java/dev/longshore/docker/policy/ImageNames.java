package dev.longshore.docker.policy;

import java.util.Locale;

/** Repository names in full: a name without a registry is Docker Hub's, and one without an owner is of its library. */
public final class ImageNames {
    private static final String HUB = "docker.io";

    private ImageNames() {}

    /**
     * Whether the part of a reference before its first slash is a registry's host, as Docker reads it: with a dot, a colon, or a
     * capital letter, which no owner on Docker Hub has, or {@code localhost}.
     */
    public static boolean isRegistry(String first) {
        return first.contains(".")
                || first.contains(":")
                || first.equals("localhost")
                || !first.equals(first.toLowerCase(Locale.ROOT));
    }

    /** {@code docker.io/library/busybox} for {@code busybox}; patterns are completed like names, but for a leading {@code **}. */
    public static String full(String repository) {
        if (repository.startsWith("**")) {
            return repository;
        }
        int slash = repository.indexOf('/');
        String first = slash < 0 ? "" : repository.substring(0, slash);
        if (!isRegistry(first)) {
            return HUB + "/" + (slash < 0 ? "library/" : "") + repository;
        }
        String rest = repository.substring(slash + 1);
        boolean hub = first.equals(HUB) || first.equals("index.docker.io");
        return hub ? HUB + "/" + (rest.contains("/") ? "" : "library/") + rest : repository;
    }
}
