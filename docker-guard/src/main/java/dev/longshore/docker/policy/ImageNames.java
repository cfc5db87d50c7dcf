package dev.longshore.docker.policy;

/** Repository names in full: a name without a registry is Docker Hub's, and one without an owner is of its library. */
public final class ImageNames {
    private static final String HUB = "docker.io";

    private ImageNames() {}

    /** {@code docker.io/library/busybox} for {@code busybox}; patterns are completed like names, but for a leading {@code **}. */
    public static String full(String repository) {
        if (repository.startsWith("**")) {
            return repository;
        }
        int slash = repository.indexOf('/');
        String first = slash < 0 ? "" : repository.substring(0, slash);
        boolean registry = first.contains(".") || first.contains(":") || first.equals("localhost");
        if (!registry) {
            return HUB + "/" + (slash < 0 ? "library/" : "") + repository;
        }
        String rest = repository.substring(slash + 1);
        boolean hub = first.equals(HUB) || first.equals("index.docker.io");
        return hub ? HUB + "/" + (rest.contains("/") ? "" : "library/") + rest : repository;
    }
}
