package dev.longshore.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.step.Progress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressLinesTest {
    private final List<String> told = new ArrayList<>();
    private final ProgressLines lines = new ProgressLines(new Progress() {
        @Override
        public void total(long units) {
            told.add("total " + units);
        }

        @Override
        public void advance(long units) {
            told.add("advance " + units);
        }

        @Override
        public void message(String text) {
            told.add(text);
        }
    });

    private boolean take(String fields) {
        return lines.take("{\"progress\":{" + fields + "}}");
    }

    @Test
    void tellsOnlyWhatIsNew() {
        take("\"done\":0,\"total\":10,\"message\":\"reading\"");
        take("\"done\":4,\"total\":10");
        take("\"done\":4,\"total\":10");
        take("\"done\":7");
        assertThat(told).containsExactly("total 10", "reading", "advance 4", "advance 3");
    }

    @Test
    void aPhaseThatCountsFromTheBeginningAddsToWhatWasDone() {
        take("\"done\":9,\"total\":10");
        take("\"done\":0,\"total\":5");
        take("\"done\":5,\"total\":5");
        assertThat(told).containsExactly("total 10", "advance 9", "advance 1", "total 15", "advance 5");
    }

    @Test
    void messagesAreOneLineOfBoundedLength() {
        take("\"message\":\"a\\u001b[31m\\nb" + "x".repeat(500) + "\"");
        assertThat(told)
                .singleElement()
                .satisfies(message -> assertThat(message)
                        .startsWith("a [31m bxxx")
                        .hasSizeLessThanOrEqualTo(121)
                        .endsWith("…"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "progress",
                "{\"progress\":",
                "{\"progress\":7}",
                "{\"progress\":{\"done\":1}",
                "{\"progress\":{\"done\":1}} and more",
                "{\"progress\":{\"done\":99999999999999999999}}",
                "{\"progress\":{\"done\":9999999999999}}",
                "{\"progress\":{\"a\":[[[[[[[[1]]]]]]]]}}",
                " {\"progress\":{\"done\":1}}"
            })
    void anyOtherLineIsLog(String line) {
        assertThat(lines.take(line)).isFalse();
        assertThat(told).isEmpty();
    }

    @Test
    void whatItDoesNotKnowIsSkipped() {
        assertThat(take("\"rate\":{\"files\":[1,2]},\"done\":2,\"total\":\"many\",\"message\":null"))
                .isTrue();
        assertThat(told).containsExactly("advance 2");
    }

    @Test
    void aLineThatIsTooLongIsLog() {
        assertThat(take("\"message\":\"" + "x".repeat(5000) + "\"")).isFalse();
    }
}
