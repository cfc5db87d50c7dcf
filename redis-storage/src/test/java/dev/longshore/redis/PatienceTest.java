package dev.longshore.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private static final Duration ORDINARY = Duration.ofSeconds(2);

    @Test
    void ofJobRunrsServerThreadsIsEndless() {
        assertThat(Patience.of(new Thread("backgroundjob-zookeeper-pool-1"), ORDINARY)
                        .isEndless())
                .isTrue();
        assertThat(Patience.of(new Thread("backgroundjob-worker-pool-3"), ORDINARY)
                        .isEndless())
                .isTrue();
        assertThat(Patience.of(new Thread("main"), ORDINARY).isEndless()).isFalse();
    }

    @Test
    void ofAnOrdinaryThreadEnds() {
        Patience patience = Patience.of(ORDINARY);

        assertThat(patience.leftNanos(Duration.ofSeconds(1).toNanos()))
                .isEqualTo(Duration.ofSeconds(1).toNanos());
        assertThat(patience.leftNanos(Duration.ofSeconds(3).toNanos())).isNegative();
        assertThat(Patience.ENDLESS.leftNanos(Duration.ofDays(9).toNanos())).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void outlastsWhatPasses() {
        for (RedisFault fault : RedisFault.values()) {
            assertThat(Patience.of(ORDINARY).outlasts(fault)).as(fault.name()).isEqualTo(fault.isPassing());
        }
    }

    @Test
    void withoutEndOutlastsWhatAnOperatorCanMend() {
        assertThat(Patience.ENDLESS.outlasts(RedisFault.AUTHENTICATION)).isTrue();
        assertThat(Patience.ENDLESS.outlasts(RedisFault.PERMISSION)).isTrue();
        assertThat(Patience.ENDLESS.outlasts(RedisFault.TLS)).isTrue();
        assertThat(Patience.ENDLESS.outlasts(RedisFault.CLOSED)).isFalse();
        assertThat(Patience.ENDLESS.outlasts(RedisFault.INTERRUPTED)).isFalse();
    }
}
