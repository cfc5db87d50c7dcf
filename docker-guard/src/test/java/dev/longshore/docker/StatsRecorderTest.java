package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.docker.StatsAlert.Metric;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Samples from what the daemon counts, and one alert for each crossing. */
class StatsRecorderTest {
    private static final long MIB = 1L << 20;
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private final Limits limits = Limits.DEFAULT.withMemoryBytes(1000 * MIB).withCpus(2.0);
    private final StatsRecorder recorder = new StatsRecorder(StatsThresholds.STANDARD, limits);
    private int second;
    private long cpu;
    private long disk;
    private long network;

    private StatsRecorder.Taken take(double cpuPercent, long memoryMib, long diskMib, long networkMib) {
        // Of two processors, 100 % are two seconds of work in each.
        cpu += (long) (cpuPercent / 100 * 2e9);
        disk += diskMib * MIB;
        network += networkMib * MIB;
        ObjectNode stats = DaemonConnection.JSON.createObjectNode();
        stats.put("read", BEGIN.plusSeconds(second++).toString());
        stats.putObject("cpu_stats").putObject("cpu_usage").put("total_usage", cpu);
        ObjectNode memory = stats.putObject("memory_stats");
        memory.put("usage", (memoryMib + 10) * MIB).putObject("stats").put("inactive_file", 10 * MIB);
        var io = stats.putObject("blkio_stats").putArray("io_service_bytes_recursive");
        io.addObject().put("op", "Read").put("value", disk / 2);
        io.addObject().put("op", "write").put("value", disk - disk / 2);
        io.addObject().put("op", "Total").put("value", disk);
        stats.putObject("networks").putObject("eth0").put("rx_bytes", network).put("tx_bytes", 0);
        stats.putObject("pids_stats").put("current", 5);
        return recorder.take(stats);
    }

    @Test
    void ratesAreAveragesSinceTheSampleBefore() {
        take(10, 100, 1, 1);
        StatsSample sample = take(50, 200, 30, 20).sample();

        assertThat(sample.cpuPercent()).isCloseTo(50, within(0.01));
        assertThat(sample.memoryBytes()).isEqualTo(200 * MIB);
        assertThat(sample.memoryPercent()).isCloseTo(20, within(0.01));
        assertThat(sample.diskBytesPerSecond()).isEqualTo(30 * MIB);
        assertThat(sample.diskBytes()).isEqualTo(31 * MIB);
        assertThat(sample.networkBytesPerSecond()).isEqualTo(20 * MIB);
        assertThat(sample.pids()).isEqualTo(5);
        assertThat(sample.at()).isEqualTo(BEGIN.plusSeconds(1));
    }

    @ParameterizedTest
    @EnumSource(Metric.class)
    void eachCrossingIsToldOnce(Metric metric) {
        List<StatsAlert> alerts = new ArrayList<>();
        take(0, 0, 0, 0);
        // Below, above for long, swaying around the threshold, far below, above again.
        for (double share : new double[] {0.5, 1.01, 1.2, 1.01, 0.95, 1.01, 0.99, 1.01, 0.8, 1.05, 1.05}) {
            alerts.addAll(take(
                            metric == Metric.CPU ? 80 * share : 0,
                            metric == Metric.MEMORY ? (long) (850 * share) : 0,
                            metric == Metric.DISK ? (long) (100 * share) : 0,
                            metric == Metric.NETWORK ? (long) (50 * share + 0.5) : 0)
                    .alerts());
        }

        assertThat(alerts).extracting(StatsAlert::metric).containsExactly(metric, metric);
        assertThat(recorder.history().alerts()).isEqualTo(alerts);
        assertThat(alerts).allSatisfy(alert -> assertThat(alert.value()).isGreaterThan(alert.threshold()));
    }

    @Test
    void thresholdItselfIsNotAbove() {
        take(0, 0, 0, 0);
        assertThat(take(80, 850, 100, 50).alerts()).isEmpty();
    }

    @Test
    void historyIsBoundedAndStillSpansTheWholeRun() {
        for (int i = 0; i < 10_000; i++) {
            take(1, 1, 0, 0);
        }
        List<StatsSample> samples = recorder.history().samples();
        assertThat(samples).hasSizeBetween(StatsHistory.MOST_SAMPLES / 2, StatsHistory.MOST_SAMPLES);
        assertThat(samples.get(0).at()).isEqualTo(BEGIN);
        assertThat(samples.get(samples.size() - 1).at()).isAfter(BEGIN.plusSeconds(9_900));
        assertThat(samples).extracting(StatsSample::at).isSorted();
    }

    @Test
    void counterThatBeginsAnewGivesNoRate() {
        take(50, 1, 50, 50);
        cpu = 0;
        disk = 0;
        network = 0;
        StatsSample sample = take(0, 1, 0, 0).sample();
        assertThat(sample.cpuPercent()).isZero();
        assertThat(sample.diskBytesPerSecond()).isZero();
        assertThat(sample.networkBytesPerSecond()).isZero();
    }

    @Test
    void answerWithoutFiguresIsAllZero() {
        StatsSample sample =
                recorder.take(DaemonConnection.JSON.createObjectNode()).sample();
        assertThat(sample.memoryBytes()).isZero();
        assertThat(sample.cpuPercent()).isZero();
    }
}
