package dev.longshore.worker.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobDetails;
import org.jobrunr.jobs.context.JobContext;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private static final Duration LEAST = Duration.ofSeconds(5);

    private final Job job = new Job(UUID.randomUUID(), new JobDetails(new StepJob("r-0123", "blarify")));

    /** JobRunr makes contexts, and lets subclasses. */
    private static final class Context extends JobContext {
        Context(Job job) {
            super(job);
        }
    }

    /** As each worker has it that the job comes to. */
    private Patience patience() {
        return new Patience(new Context(job));
    }

    private List<Duration> pauses() {
        List<Duration> pauses = new ArrayList<>();
        for (Optional<Duration> next = patience().pause(LEAST);
                next.isPresent();
                next = patience().pause(LEAST)) {
            pauses.add(next.get());
        }
        return pauses;
    }

    @Test
    void aJobLooksSoonAtFirstAndLessOftenTheLongerItHasWaited() {
        List<Duration> pauses = pauses();

        assertThat(pauses).startsWith(LEAST, LEAST, LEAST).isSorted().allMatch(pause -> pause.toMinutes() <= 5);
        assertThat(pauses).as("few enough for the history that a job keeps").hasSizeLessThan(100);
    }

    @Test
    void aJobWaitsSixHoursInAllAndNoLonger() {
        Duration waited = pauses().stream().reduce(Duration.ZERO, Duration::plus);

        assertThat(waited).isBetween(Duration.ofHours(6), Duration.ofHours(6).plusMinutes(5));
        assertThat(patience().pause(LEAST)).isEmpty();
    }

    @Test
    void whatAsksForMoreThanTheLongestPauseIsAskedSooner() {
        assertThat(patience().pause(Duration.ofDays(11))).contains(Duration.ofMinutes(5));
    }

    @Test
    void failuresAreCountedForEachPart() {
        assertThat(patience().failed("blarify")).isEqualTo(1);
        assertThat(patience().failed("blarify")).isEqualTo(2);
        assertThat(patience().failed("other")).isEqualTo(1);
    }
}
