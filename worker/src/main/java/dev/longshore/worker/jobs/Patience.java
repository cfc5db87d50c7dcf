package dev.longshore.worker.jobs;

import java.time.Duration;
import java.util.Optional;
import org.jobrunr.jobs.context.JobContext;
import org.jspecify.annotations.Nullable;

/**
 * How long a job has waited in all for what turned it away, and how often it failed. Kept in the job itself: whichever worker has it
 * next goes on counting, and it goes with the job.
 */
final class Patience {
    /** What is in the way may be steps of other runs, which take hours; beyond this somebody should look. */
    static final Duration LONGEST = Duration.ofHours(6);

    /** A job keeps the history of its states: it is not to look every few seconds for hours. */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private static final String WAITED = "waited";
    private static final String FAILURES = "failures of ";

    private final JobContext job;

    Patience(JobContext job) {
        this.job = job;
    }

    /**
     * How long to wait now: half as long again as it has been so far, so that a short wait is noticed soon to be over.
     *
     * @param least what it was told when it was turned away
     * @return empty when it has waited too long
     */
    Optional<Duration> pause(Duration least) {
        Duration waited =
                Optional.ofNullable(saved(WAITED)).map(Duration::parse).orElse(Duration.ZERO);
        if (waited.compareTo(LONGEST) >= 0) {
            return Optional.empty();
        }
        Duration half = waited.dividedBy(2);
        Duration wanted = half.compareTo(least) > 0 ? half : least;
        Duration pause = wanted.compareTo(LONGEST_PAUSE) < 0 ? wanted : LONGEST_PAUSE;
        job.saveMetadata(WAITED, waited.plus(pause).toString());
        return Optional.of(pause);
    }

    /** Counts one more failure of a part of the job, for parts that no run counts for. */
    int failed(String part) {
        int failures = Optional.ofNullable(saved(FAILURES + part))
                        .map(Integer::parseInt)
                        .orElse(0)
                + 1;
        job.saveMetadata(FAILURES + part, Integer.toString(failures));
        return failures;
    }

    private @Nullable String saved(String key) {
        return job.getMetadata(key);
    }
}
