package dev.longshore.step;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.step.OptionSpec.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptionSpecTest {
    private static final OptionSpec INACTIVITY = new OptionSpec("inactivity", Kind.DURATION, Duration.ofMinutes(5), "");

    @Test
    void aDurationNeedsItsUnit() {
        assertThat(INACTIVITY.checked("90s")).hasValue(Duration.ofSeconds(90));
        assertThat(INACTIVITY.checked("0s")).hasValue(Duration.ZERO);
        assertThat(INACTIVITY.checked("1h30m")).hasValue(Duration.ofMinutes(90));
        for (Object wrong : List.of(90, "90", "soon", "-1s", Duration.ofSeconds(-1), List.of("90s"))) {
            assertThat(INACTIVITY.checked(wrong)).as("%s", wrong).isEmpty();
        }
    }

    @Test
    void optionsGiveADurationAsOne() {
        assertThat(StepOptions.of(List.of(INACTIVITY), Map.of()).duration("inactivity"))
                .isEqualTo(Duration.ofMinutes(5));
        assertThat(StepOptions.of(List.of(INACTIVITY), Map.of("inactivity", "2s"))
                        .duration("inactivity"))
                .isEqualTo(Duration.ofSeconds(2));
    }
}
