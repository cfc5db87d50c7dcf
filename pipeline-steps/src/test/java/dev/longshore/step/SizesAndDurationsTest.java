package dev.longshore.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesAndDurationsTest {
    @ParameterizedTest
    @CsvSource({"0,0", "512,512", "64KiB,65536", "10MiB,10485760", "2 GiB,2147483648", "1t,1099511627776", "5b,5"})
    void readsSizes(String text, long bytes) {
        assertThat(Sizes.parse(text)).contains(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5GiB", "MiB", "10MB", "9999999999999999999", "999999999999999TiB"})
    void refusesWhatIsNoSize(String text) {
        assertThat(Sizes.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0,0 B", "1023,1023 B", "1024,1 KiB", "1536,1.5 KiB", "10485760,10 MiB", "1125899906842624,1 PiB"})
    void printsSizes(long bytes, String text) {
        assertThat(Sizes.format(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"500ms,500", "90s,90000", "5m,300000", "1h 30m,5400000", "2d,172800000", "1H,3600000"})
    void readsDurations(String text, long millis) {
        assertThat(Durations.parse(text)).contains(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "5 minutes", "-3s", "1.5h", "s"})
    void refusesWhatIsNoDuration(String text) {
        assertThat(Durations.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"12,12 ms", "3400,3.4 s", "59999,60.0 s", "125000,2 min 5 s", "3780000,1 h 3 min"})
    void printsDurations(long millis, String text) {
        assertThat(Durations.format(Duration.ofMillis(millis))).isEqualTo(text);
    }
}
