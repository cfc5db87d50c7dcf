package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BreakerTest {
    private static final DockerFailure LATE = new DockerFailure.Timeout("list", Duration.ofSeconds(30));

    private final AtomicLong now = new AtomicLong(5);
    private final Breaker breaker = of(CallClass.READ);

    private Breaker of(CallClass kind) {
        return new Breaker(kind, new ConnectionSettings.Breaker(3, Duration.ofSeconds(60)), now::get);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private static void fail(Breaker breaker, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(breaker.tryEnter()).isEmpty();
            breaker.failed(LATE, true);
        }
    }

    @Test
    void opensAfterFailuresInARowAndSaysForHowLong() {
        fail(breaker, 2);
        breaker.succeeded();
        fail(breaker, 3);

        assertThat(breaker.tryEnter()).contains(Duration.ofSeconds(60));
        pass(Duration.ofSeconds(59));
        assertThat(breaker.tryEnter()).contains(Duration.ofSeconds(1));
        assertThat(breaker.failing())
                .contains(new ConnectionStatus.FailingClass(CallClass.READ, 3, Duration.ofSeconds(1), LATE));
    }

    @Test
    void triesOneCallWhenTheTimeIsUpAndItDecides() {
        fail(breaker, 3);
        pass(Duration.ofSeconds(60));

        assertThat(breaker.tryEnter()).isEmpty();
        assertThat(breaker.tryEnter()).as("a second call beside the trial").isPresent();
        breaker.failed(LATE, true);
        assertThat(breaker.tryEnter()).contains(Duration.ofSeconds(60));

        pass(Duration.ofSeconds(60));
        assertThat(breaker.tryEnter()).isEmpty();
        breaker.succeeded();
        assertThat(breaker.tryEnter()).isEmpty();
        assertThat(breaker.tryEnter()).isEmpty();
        assertThat(breaker.failing()).isEmpty();
    }

    @Test
    void trialThatIsGivenUpLetsAnotherIn() {
        fail(breaker, 3);
        pass(Duration.ofSeconds(60));

        assertThat(breaker.tryEnter()).isEmpty();
        breaker.abandoned();

        assertThat(breaker.tryEnter()).isEmpty();
    }

    @Test
    void neverRefusesACleanup() {
        Breaker cleanup = of(CallClass.CLEANUP);
        fail(cleanup, 10);

        assertThat(cleanup.tryEnter()).isEmpty();
    }

    @Test
    void lightFailuresShowAndDoNotOpen() {
        for (int i = 0; i < 10; i++) {
            breaker.failed(LATE, false);
        }

        assertThat(breaker.tryEnter()).isEmpty();
        assertThat(breaker.failing()).isPresent();
        pass(Duration.ofSeconds(29));
        breaker.forgetAfter(Duration.ofSeconds(30));
        assertThat(breaker.failing()).isPresent();
        pass(Duration.ofSeconds(1));
        breaker.forgetAfter(Duration.ofSeconds(30));
        assertThat(breaker.failing()).isEmpty();
    }
}
