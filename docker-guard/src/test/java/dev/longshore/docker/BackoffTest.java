package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
    private final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 4", "4, 8", "5, 16", "6, 30", "7, 30", "2147483647, 30"})
    void doublesUpToTheLongest(int failures, int seconds) {
        assertThat(backoff.exactly(failures)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void leavesATenthToChance() {
        Set<Duration> pauses = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            Duration pause = backoff.pause(3);
            assertThat(pause).isBetween(Duration.ofMillis(3_600), Duration.ofMillis(4_400));
            pauses.add(pause);
        }
        assertThat(pauses).hasSizeGreaterThan(900);
    }
}
