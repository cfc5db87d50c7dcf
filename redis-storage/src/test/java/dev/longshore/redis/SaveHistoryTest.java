package dev.longshore.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.redis.SaveHistory.Operation;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SaveHistoryTest {
    private static List<String> contradictions(String... lines) {
        return SaveHistory.contradictions(Stream.of(lines).map(Operation::parse).toList(), "first");
    }

    @Test
    void findsNothingInWhatCanHaveHappened() {
        assertThat(contradictions(
                        "READ 1 first 0 10",
                        "SAVED 2 a 5 20",
                        // Met version 2 while it was being saved.
                        "READ 2 a 6 8",
                        "CONFLICT 2 b 7 30",
                        "READ 1 first 1 7",
                        "SAVED 3 c 19 40",
                        "CONFLICT 2 d 50 60",
                        "READ 3 c 50 60"))
                .isEmpty();
    }

    @Test
    void findsALostUpdate() {
        assertThat(contradictions("SAVED 2 a 0 10", "SAVED 2 b 20 30"))
                .singleElement()
                .asString()
                .contains("made twice");
    }

    @Test
    void findsAGap() {
        assertThat(contradictions("SAVED 3 a 0 10")).first().asString().contains("version 2 was made by nobody");
    }

    @Test
    void findsAStaleRead() {
        assertThat(contradictions("SAVED 2 a 0 10", "READ 1 first 11 12"))
                .first()
                .asString()
                .contains("read of the past");
    }

    @Test
    void findsReadsThatGoBack() {
        assertThat(contradictions("SAVED 2 a 0 100", "READ 2 a 10 20", "READ 1 first 21 30"))
                .first()
                .asString()
                .contains("read of the past");
    }

    @Test
    void findsAReadOfTheFuture() {
        assertThat(contradictions("READ 2 a 0 5", "SAVED 2 a 6 10"))
                .first()
                .asString()
                .contains("before it was made");
    }

    @Test
    void findsAReadOfWhatWasNotWritten() {
        assertThat(contradictions("SAVED 2 a 0 10", "READ 2 x 11 12"))
                .first()
                .asString()
                .contains("other content");
    }

    @Test
    void findsSavesInTheWrongOrder() {
        assertThat(contradictions("SAVED 3 b 0 10", "SAVED 2 a 11 20")).isNotEmpty();
    }

    @Test
    void findsAConflictWithNothing() {
        assertThat(contradictions("CONFLICT 2 b 0 5", "SAVED 2 a 6 10"))
                .first()
                .asString()
                .contains("before it was made");
        assertThat(contradictions("CONFLICT 2 b 0 5")).first().asString().contains("made by nobody");
    }
}
