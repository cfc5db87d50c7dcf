package dev.longshore.docker;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What containers are called: readable in {@code docker ps}, and never the same twice. Since labels cannot be changed, one that is
 * taken over gets the new lease in its name: renaming is the one change of a container that only one of several can make.
 */
final class ContainerName {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int LONGEST_PART = 40;
    private static final Pattern CLAIMED = Pattern.compile("(.+?-[0-9a-f]{12})_by_([A-Za-z0-9._-]{1,128})");

    private ContainerName() {}

    static String of(String run, String step) {
        byte[] random = new byte[6];
        RANDOM.nextBytes(random);
        return Containers.PREFIX + part(run) + "-" + part(step) + "-"
                + HexFormat.of().formatHex(random);
    }

    /** The name of a container once the holder of this lease has taken it over. */
    static String claimedBy(String lease, String name) {
        Matcher claimed = CLAIMED.matcher(name);
        // A lease has colons and no underscores, a name underscores and no colons.
        return (claimed.matches() ? claimed.group(1) : name) + "_by_" + lease.replace(':', '_');
    }

    /** The lease of whoever took it over, if anybody did. */
    static Optional<String> claimant(String name) {
        Matcher claimed = CLAIMED.matcher(name);
        return claimed.matches() ? Optional.of(claimed.group(2).replace('_', ':')) : Optional.empty();
    }

    private static String part(String text) {
        String clean = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_.-]", "-");
        return clean.length() > LONGEST_PART ? clean.substring(0, LONGEST_PART) : clean;
    }
}
