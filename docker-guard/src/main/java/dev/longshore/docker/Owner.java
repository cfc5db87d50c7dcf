package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Whose containers: everything one owner made, or what it made for one run. Every container carries its owner, run and step as
 * labels, and a guard removes nothing that does not bear them.
 *
 * @param id the owner, the same across restarts of one program so that it finds what it left behind
 * @param run the run, or empty for every run of this owner
 */
public record Owner(String id, Optional<String> run) {
    static final String OWNER_LABEL = "dev.longshore.owner";
    static final String RUN_LABEL = "dev.longshore.run";
    static final String STEP_LABEL = "dev.longshore.step";
    static final String IMAGE_LABEL = "dev.longshore.image";
    /** Billionths of a processor, and bytes: what the container counts for in its owner's quotas. */
    static final String CPUS_LABEL = "dev.longshore.cpus";

    static final String MEMORY_LABEL = "dev.longshore.memory";

    /** Under which of {@link Leases} it was made. */
    static final String LEASE_LABEL = "dev.longshore.lease";

    /** For how many seconds from its creation it may be of use to anybody. */
    static final String LIFE_LABEL = "dev.longshore.life";

    /** What was asked for, as a digest: only a container that is left of the very same request can be taken over. */
    static final String REQUEST_LABEL = "dev.longshore.request";

    /** The form of our objects' names on the daemon; nothing in it needs an escape in a path. */
    private static final Pattern OBJECT = Pattern.compile(Pattern.quote(Containers.PREFIX) + "[A-Za-z0-9_.-]+");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}");

    public Owner {
        requireName("owner", id);
        run.ifPresent(name -> requireName("run", name));
    }

    /** Everything this owner made. */
    public static Owner of(String id) {
        return new Owner(id, Optional.empty());
    }

    /** What this owner made for one run. */
    public Owner ofRun(String name) {
        return new Owner(id, Optional.of(name));
    }

    /** Whether something of this name and with these labels is this owner's, and this run's if one is named. */
    boolean owns(String name, JsonNode labels) {
        return mayBeOurs(name)
                && labels.path(OWNER_LABEL).asText("").equals(id)
                && run.map(wanted -> labels.path(RUN_LABEL).asText("").equals(wanted))
                        .orElse(true);
    }

    static boolean mayBeOurs(String name) {
        return OBJECT.matcher(name).matches();
    }

    static String requireName(String what, String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    "the " + what + " must be 1 to 128 of A-Z a-z 0-9 _ . : - and start with a letter" + " or digit: "
                            + Text.quote(name));
        }
        return name;
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    @Override
    public String toString() {
        return run.map(name -> id + "/" + name).orElse(id);
    }
}
