package dev.longshore.docker.policy;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes, processors, durations and counts as a policy file and a request file write them. */
public final class Amounts {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})\\s*(b|kib|mib|gib|tib|k|m|g|t|)");
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");
    private static final BigDecimal BILLION = BigDecimal.valueOf(1_000_000_000L);

    private Amounts() {}

    /** Bytes: {@code 512}, {@code 64KiB}, {@code 10MiB}, {@code 2GiB}; every unit is a power of 1,024. */
    public static Optional<Long> bytes(String text) {
        Matcher matcher = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int shift = switch (matcher.group(2)) {
            case "k", "kib" -> 10;
            case "m", "mib" -> 20;
            case "g", "gib" -> 30;
            case "t", "tib" -> 40;
            default -> 0;
        };
        long number = Long.parseLong(matcher.group(1));
        return number > Long.MAX_VALUE >> shift ? Optional.empty() : Optional.of(number << shift);
    }

    /** Milliseconds: {@code 500ms}, {@code 90s}, {@code 5m}, {@code 1h}, {@code 2d}; a number needs its unit. */
    public static Optional<Long> millis(String text) {
        Matcher matcher = TIME.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        return Optional.of(
                switch (matcher.group(2)) {
                    case "ms" -> number;
                    case "s" -> number * 1000;
                    case "m" -> number * 60_000;
                    case "h" -> number * 3_600_000;
                    default -> number * 86_400_000;
                });
    }

    /** Billionths of a processor: {@code 1}, {@code 0.5}; 4,096 processors at most. */
    public static Optional<Long> nanoCpus(String text) {
        if (!text.strip().matches("\\d{1,4}(\\.\\d{1,9})?")) {
            return Optional.empty();
        }
        long nanos = new BigDecimal(text.strip()).multiply(BILLION).longValueExact();
        return nanos < 1 || nanos > 4096 * BILLION.longValueExact() ? Optional.empty() : Optional.of(nanos);
    }

    /** A whole number above 0. */
    public static Optional<Long> count(String text) {
        return text.strip().matches("\\d{1,18}")
                ? Optional.of(Long.parseLong(text.strip())).filter(number -> number > 0)
                : Optional.empty();
    }

    /** {@code 2GiB}, {@code 512MiB}, {@code 12345}: the largest unit that leaves nothing over. */
    public static String formatBytes(long bytes) {
        String[] units = {"", "KiB", "MiB", "GiB", "TiB"};
        int unit = 0;
        long number = bytes;
        while (unit < units.length - 1 && number >= 1024 && number % 1024 == 0) {
            number /= 1024;
            unit++;
        }
        return number + units[unit];
    }

    /** {@code 1.5}. */
    public static String formatCpus(long nanos) {
        return BigDecimal.valueOf(nanos, 9).stripTrailingZeros().toPlainString();
    }
}
