package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.docker.StatsAlert.Metric;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes samples of what the daemon says of a container, one after another, and sees where one crosses a threshold. Written by one
 * thread, read by any.
 */
final class StatsRecorder {
    /** An alert is over when the value is below this share of the threshold: one that sways around it is told once. */
    private static final double CALM = 0.9;

    private final StatsThresholds thresholds;
    private final Limits limits;
    private final List<StatsSample> samples = new ArrayList<>();
    private final List<StatsAlert> alerts = new ArrayList<>();
    private final Set<Metric> above = EnumSet.noneOf(Metric.class);
    private @Nullable Counters last;
    private long taken;
    private long spacing = 1;

    StatsRecorder(StatsThresholds thresholds, Limits limits) {
        this.thresholds = thresholds;
        this.limits = limits;
    }

    /** What only grows, as the daemon counts it. */
    private record Counters(Instant at, long cpuNanos, long diskBytes, long networkBytes) {}

    /** A sample, and the alerts that it brought about. */
    record Taken(StatsSample sample, List<StatsAlert> alerts) {}

    synchronized Taken take(JsonNode stats) {
        Counters now = new Counters(
                instant(stats.path("read").asText("")),
                stats.path("cpu_stats").path("cpu_usage").path("total_usage").asLong(),
                disk(stats),
                network(stats));
        Counters before = last == null ? now : last;
        double seconds = Duration.between(before.at(), now.at()).toNanos() / 1e9;
        long memory = memory(stats.path("memory_stats"));
        StatsSample sample = new StatsSample(
                now.at(),
                rate(now.cpuNanos() - before.cpuNanos(), seconds) / 1e9 / limits.cpus() * 100,
                memory,
                100.0 * memory / limits.memoryBytes(),
                now.diskBytes(),
                (long) rate(now.diskBytes() - before.diskBytes(), seconds),
                now.networkBytes(),
                (long) rate(now.networkBytes() - before.networkBytes(), seconds),
                stats.path("pids_stats").path("current").asLong());
        last = now;
        keep(sample);
        List<StatsAlert> crossed = new ArrayList<>();
        look(crossed, Metric.CPU, sample.cpuPercent(), thresholds.cpuPercent(), sample.at());
        look(crossed, Metric.MEMORY, sample.memoryPercent(), thresholds.memoryPercent(), sample.at());
        look(
                crossed,
                Metric.DISK,
                (double) sample.diskBytesPerSecond(),
                (double) thresholds.diskBytesPerSecond(),
                sample.at());
        look(
                crossed,
                Metric.NETWORK,
                (double) sample.networkBytesPerSecond(),
                (double) thresholds.networkBytesPerSecond(),
                sample.at());
        crossed.stream().limit(StatsHistory.MOST_ALERTS - alerts.size()).forEach(alerts::add);
        return new Taken(sample, crossed);
    }

    /** Full, every second one goes, and from then on only every second one comes in. */
    private void keep(StatsSample sample) {
        if (taken++ % spacing != 0) {
            return;
        }
        if (samples.size() == StatsHistory.MOST_SAMPLES) {
            List<StatsSample> half = new ArrayList<>();
            for (int i = 0; i < samples.size(); i += 2) {
                half.add(samples.get(i));
            }
            samples.clear();
            samples.addAll(half);
            spacing *= 2;
        }
        samples.add(sample);
    }

    private void look(List<StatsAlert> crossed, Metric metric, double value, double threshold, Instant at) {
        if (value > threshold && above.add(metric)) {
            crossed.add(new StatsAlert(metric, value, threshold, at));
        } else if (value < threshold * CALM) {
            above.remove(metric);
        }
    }

    synchronized StatsHistory history() {
        return new StatsHistory(samples, alerts);
    }

    private static double rate(long difference, double seconds) {
        // A daemon that was restarted counts anew.
        return seconds <= 0 || difference < 0 ? 0 : difference / seconds;
    }

    private static Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return Instant.now();
        }
    }

    private static long memory(JsonNode memory) {
        JsonNode details = memory.path("stats");
        long cache = details.path("total_inactive_file")
                .asLong(details.path("inactive_file").asLong());
        return Math.max(0, memory.path("usage").asLong() - cache);
    }

    private static long disk(JsonNode stats) {
        long bytes = 0;
        for (JsonNode entry : stats.path("blkio_stats").path("io_service_bytes_recursive")) {
            String operation = entry.path("op").asText("");
            if (operation.equalsIgnoreCase("read") || operation.equalsIgnoreCase("write")) {
                bytes += entry.path("value").asLong();
            }
        }
        return bytes;
    }

    private static long network(JsonNode stats) {
        long bytes = 0;
        for (JsonNode link : stats.path("networks")) {
            bytes += link.path("rx_bytes").asLong() + link.path("tx_bytes").asLong();
        }
        return bytes;
    }
}
