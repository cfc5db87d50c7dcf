package dev.longshore.docker;

import java.util.List;

/**
 * What a container used while it ran.
 *
 * @param samples oldest first, over the whole run: at most {@value #MOST_SAMPLES}, further apart the longer it ran
 * @param alerts oldest first, the first {@value #MOST_ALERTS}
 */
public record StatsHistory(List<StatsSample> samples, List<StatsAlert> alerts) {
    static final int MOST_SAMPLES = 512;
    static final int MOST_ALERTS = 64;

    /** Of a container that was never looked at. */
    public static final StatsHistory EMPTY = new StatsHistory(List.of(), List.of());

    public StatsHistory {
        samples = List.copyOf(samples);
        alerts = List.copyOf(alerts);
    }
}
