package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.docker.RateLimit.Turn;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private static final Duration PATIENCE = Duration.ofMillis(250);

    private final AtomicLong now = new AtomicLong(-7);
    private final RateLimit limit = new RateLimit(new ConnectionSettings.Rate(10, 3, PATIENCE), now::get);

    private Turn take() {
        return limit.take(Duration.ofSeconds(30));
    }

    @Test
    void letsABurstThroughThenMakesCallsWaitAndThenRefuses() {
        assertThat(take()).isEqualTo(new Turn(true, Duration.ZERO));
        assertThat(take()).isEqualTo(new Turn(true, Duration.ZERO));
        assertThat(take()).isEqualTo(new Turn(true, Duration.ZERO));
        assertThat(take()).isEqualTo(new Turn(true, Duration.ofMillis(100)));
        assertThat(take()).isEqualTo(new Turn(true, Duration.ofMillis(200)));
        assertThat(take()).isEqualTo(new Turn(false, Duration.ofMillis(300)));
        assertThat(take()).as("one refused takes no turn").isEqualTo(new Turn(false, Duration.ofMillis(300)));
    }

    @Test
    void letsAsManyThroughAsTimePasses() {
        for (int i = 0; i < 5; i++) {
            assertThat(take().granted()).isTrue();
        }
        now.addAndGet(Duration.ofMillis(100).toNanos());

        assertThat(take()).isEqualTo(new Turn(true, Duration.ofMillis(200)));
        assertThat(take().granted()).isFalse();
    }

    @Test
    void savesUpNoMoreThanABurst() {
        now.addAndGet(Duration.ofDays(300).toNanos());

        for (int i = 0; i < 3; i++) {
            assertThat(take()).isEqualTo(new Turn(true, Duration.ZERO));
        }
        assertThat(take().in()).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void doesNotMakeACallWaitPastItsDeadline() {
        for (int i = 0; i < 3; i++) {
            assertThat(take().granted()).isTrue();
        }

        assertThat(limit.take(Duration.ofMillis(99))).isEqualTo(new Turn(false, Duration.ofMillis(100)));
    }
}
