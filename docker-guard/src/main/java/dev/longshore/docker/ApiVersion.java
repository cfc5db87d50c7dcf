package dev.longshore.docker;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of the Docker API. Compared by number: 1.9 is older than 1.41. */
record ApiVersion(int major, int minor) implements Comparable<ApiVersion> {
    /** Docker 1.12. Below {@link #OLDEST_TO_RUN} it can be looked at and cleaned up, no more. */
    static final ApiVersion OLDEST = new ApiVersion(1, 24);

    /**
     * Docker 17.10, the first to know every setting of the hardening (private IPC is the youngest). An older one would leave out what
     * it does not know without a word.
     */
    static final ApiVersion OLDEST_TO_RUN = new ApiVersion(1, 32);

    /** The newest whose changes have been looked through. */
    static final ApiVersion NEWEST = new ApiVersion(1, 52);

    private static final Pattern FORM = Pattern.compile("([0-9]{1,4})\\.([0-9]{1,4})");

    static Optional<ApiVersion> parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        return matcher.matches()
                ? Optional.of(new ApiVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
                : Optional.empty();
    }

    /**
     * The newest version both sides speak.
     *
     * @throws DockerFailureException when there is none
     */
    static ApiVersion negotiate(ApiVersion oldestOffered, ApiVersion newestOffered) {
        if (newestOffered.compareTo(OLDEST) < 0) {
            throw new DockerFailureException(new DockerFailure.ApiTooOld(newestOffered.toString(), OLDEST.toString()));
        }
        if (oldestOffered.compareTo(NEWEST) > 0) {
            throw new DockerFailureException(new DockerFailure.ApiTooNew(oldestOffered.toString(), NEWEST.toString()));
        }
        return newestOffered.compareTo(NEWEST) < 0 ? newestOffered : NEWEST;
    }

    @Override
    public int compareTo(ApiVersion other) {
        return Comparator.comparingInt(ApiVersion::major)
                .thenComparingInt(ApiVersion::minor)
                .compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
