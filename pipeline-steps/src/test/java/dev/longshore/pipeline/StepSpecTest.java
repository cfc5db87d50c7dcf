package dev.longshore.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StepSpecTest {
    private final StepSpec.Retry retry = new StepSpec.Retry(5, Duration.ofSeconds(10));

    @Test
    void theWaitDoublesWithEachFailedAttempt() {
        assertThat(retry.wait(1, Duration.ZERO)).hasSeconds(10);
        assertThat(retry.wait(2, Duration.ZERO)).hasSeconds(20);
        assertThat(retry.wait(3, Duration.ZERO)).hasSeconds(40);
    }

    @Test
    void aFailureMayAskForALongerWait() {
        assertThat(retry.wait(1, Duration.ofMinutes(2))).hasMinutes(2);
        assertThat(retry.wait(5, Duration.ofMinutes(2))).hasSeconds(160);
    }

    @Test
    void noWaitIsLongerThanTenMinutes() {
        assertThat(retry.wait(99, Duration.ZERO)).hasMinutes(10);
        assertThat(retry.wait(1, Duration.ofDays(1))).hasMinutes(10);
    }
}
