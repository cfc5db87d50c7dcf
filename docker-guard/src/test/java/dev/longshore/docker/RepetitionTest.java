package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.docker.ConnectionSettings.Retry;
import dev.longshore.docker.DaemonConnection.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepetitionTest {
    private static final Duration DEADLINE = Duration.ofMillis(700);
    private static final Call QUESTION = Call.get("inspect", "/images/image/json", DEADLINE);
    private final DockerFailureException away =
            new DockerFailureException(new DockerFailure.ConnectionRefused("unix:///d.sock", "refused"));
    private final AtomicLong now = new AtomicLong(11);
    private final long end = now.get() + DEADLINE.toNanos();
    private final List<Duration> pauses = new ArrayList<>();
    private int made;

    private Repetition repetition(int attempts, Duration delay) {
        return new Repetition(new Retry(attempts, delay, delay), now::get, pause -> {
            pauses.add(pause);
            now.addAndGet(pause.toNanos());
        });
    }

    private Repetition.Attempt answering(int status, Duration retryAfter) {
        return () -> {
            made++;
            return new Answer(status, new byte[0], retryAfter);
        };
    }

    private Repetition.Attempt failing(DockerFailureException failure) {
        return () -> {
            made++;
            throw failure;
        };
    }

    @Test
    void endsWithTheAttempts() throws Exception {
        Answer last = repetition(3, Duration.ofMillis(10)).of(QUESTION, end, answering(502, Duration.ZERO));

        assertThat(last.status()).isEqualTo(502);
        assertThat(made).isEqualTo(3);
        assertThat(pauses).hasSize(2);
    }

    /** Each pause is a tenth longer or shorter by chance: of all that chance can do, three fit and a fourth does not. */
    @Test
    void endsWithTheDeadlineAndSaysWhatTheLastAttemptCameTo() throws Exception {
        Repetition patient = repetition(100, Duration.ofMillis(200));

        assertThat(patient.of(QUESTION, end, answering(502, Duration.ZERO)).status())
                .isEqualTo(502);
        assertThat(made).isEqualTo(4);
        assertThat(now.get()).as("no attempt begins past the deadline").isLessThan(end);

        long later = now.get() + DEADLINE.toNanos();
        assertThatThrownBy(() -> patient.of(QUESTION, later, failing(away))).isSameAs(away);
        assertThat(made).isEqualTo(8);
        assertThat(now.get()).isLessThan(later);
    }

    @Test
    void pauseThatWouldEndWithTheDeadlineIsNotBegun() throws Exception {
        repetition(2, Duration.ofMillis(1)).of(QUESTION, end, answering(503, DEADLINE));

        assertThat(made).isEqualTo(1);
        assertThat(pauses).isEmpty();
    }

    @Test
    void waitsAsLongAsTheDaemonAsksFor() throws Exception {
        Duration wish = Duration.ofMillis(300);

        repetition(2, Duration.ofMillis(10)).of(QUESTION, end, answering(503, wish));

        assertThat(pauses).containsExactly(wish);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 304, 404, 429, 500})
    void answerThatAnotherAttemptWouldNotChangeIsFinal(int status) throws Exception {
        assertThat(repetition(5, Duration.ofMillis(10))
                        .of(QUESTION, end, answering(status, Duration.ZERO))
                        .status())
                .isEqualTo(status);
        assertThat(made).isEqualTo(1);
    }

    @Test
    void timeoutIsFinal() {
        DockerFailureException late = new DockerFailureException(new DockerFailure.Timeout("inspect", DEADLINE));

        assertThatThrownBy(() -> repetition(5, Duration.ofMillis(10)).of(QUESTION, end, failing(late)))
                .isSameAs(late);
        assertThat(made).isEqualTo(1);
    }

    @Test
    void whatIsNoQuestionIsMadeOnce() {
        Call change = Call.post("start", "/containers/c/start", null, DEADLINE);

        assertThatThrownBy(() -> repetition(5, Duration.ofMillis(10)).of(change, end, failing(away)))
                .isSameAs(away);
        assertThat(made).isEqualTo(1);
    }
}
