package dev.longshore.step;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * An option that a step takes.
 *
 * @param name as written in the pipeline
 * @param kind what values it takes
 * @param standard the value where the pipeline gives none, in the kind's Java type
 * @param help one line for people
 */
public record OptionSpec(String name, Kind kind, Object standard, String help) {
    /** What values an option takes, and their Java type. */
    public enum Kind {
        /** Boolean. */
        FLAG("true or false"),
        /** Long. */
        COUNT("a whole number, not negative"),
        /** In bytes; Long. */
        SIZE("a size such as 64KiB or 10MiB"),
        /** Duration. */
        DURATION("a duration such as 90s, 5m or 1h"),
        /** String. */
        TEXT("text"),
        /** List of String. */
        TEXTS("a text or a list of texts");

        private final String form;

        Kind(String form) {
            this.form = form;
        }

        /** What a value must look like, for messages: {@code true or false}. */
        public String form() {
            return form;
        }
    }

    public OptionSpec {
        if (checked(kind, standard).isEmpty()) {
            throw new IllegalArgumentException("option " + name + ": " + standard + " is no " + kind);
        }
    }

    /** The value in the kind's Java type, or empty if {@code raw}, as YAML gives it, is none. */
    public Optional<Object> checked(Object raw) {
        return checked(kind, raw);
    }

    private static Optional<Object> checked(Kind kind, Object raw) {
        return switch (kind) {
            case FLAG -> raw instanceof Boolean ? Optional.of(raw) : Optional.empty();
            case COUNT ->
                raw instanceof Number number && isWhole(number) ? Optional.of(number.longValue()) : Optional.empty();
            case SIZE -> size(raw);
            case DURATION -> duration(raw);
            case TEXT -> raw instanceof String ? Optional.of(raw) : Optional.empty();
            case TEXTS -> texts(raw);
        };
    }

    private static boolean isWhole(Number number) {
        return (number instanceof Integer || number instanceof Long) && number.longValue() >= 0;
    }

    private static Optional<Object> size(Object raw) {
        if (raw instanceof Number number) {
            return isWhole(number) ? Optional.of(number.longValue()) : Optional.empty();
        }
        return raw instanceof String text ? Sizes.parse(text).map(Object.class::cast) : Optional.empty();
    }

    private static Optional<Object> duration(Object raw) {
        if (raw instanceof Duration duration) {
            return duration.isNegative() ? Optional.empty() : Optional.of(duration);
        }
        return raw instanceof String text ? Durations.parse(text).map(Object.class::cast) : Optional.empty();
    }

    private static Optional<Object> texts(Object raw) {
        if (raw instanceof String text) {
            return Optional.of(List.of(text));
        }
        if (raw instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return Optional.of(List.copyOf(list));
        }
        return Optional.empty();
    }
}
