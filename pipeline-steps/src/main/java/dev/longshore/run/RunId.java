package dev.longshore.run;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Names a run, for example {@code r-01m3k2v9q4f8x2b7}: the time it was made (so that ids sort by age) and 25 random bits.
 */
public record RunId(String value) {
    private static final Pattern FORM = Pattern.compile("r-[0-9a-z]{4,32}");
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int RANDOM_BITS = 25;

    public RunId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not a run id: " + value);
        }
    }

    public static RunId next(Instant now) {
        String time = Long.toString(now.toEpochMilli(), 32);
        String random = Integer.toString(RANDOM.nextInt(1 << RANDOM_BITS), 32);
        return new RunId(String.format(Locale.ROOT, "r-%10s%5s", time, random).replace(' ', '0'));
    }

    @Override
    public String toString() {
        return value;
    }
}
