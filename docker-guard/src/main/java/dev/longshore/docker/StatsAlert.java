package dev.longshore.docker;

import java.time.Instant;
import java.util.Locale;

/**
 * A container's use of something went above its threshold. Told once for each time that it does; before the next, it must have gone
 * back below nine tenths of the threshold.
 *
 * @param value what was measured, in the metric's unit
 * @param threshold in the same unit
 * @param at by the daemon's clock
 */
public record StatsAlert(Metric metric, double value, double threshold, Instant at) {
    /** What is measured. */
    public enum Metric {
        /** Percent of the processors it may use. */
        CPU("%"),
        /** Percent of the memory limit. */
        MEMORY("%"),
        /** Bytes per second. */
        DISK("B/s"),
        /** Bytes per second. */
        NETWORK("B/s");

        private final String unit;

        Metric(String unit) {
            this.unit = unit;
        }

        public String unit() {
            return unit;
        }
    }

    /** On one line, for people. */
    public String message() {
        return metric.name().toLowerCase(Locale.ROOT) + " at " + Math.round(value) + " " + metric.unit() + ", above "
                + Math.round(threshold) + " " + metric.unit();
    }
}
