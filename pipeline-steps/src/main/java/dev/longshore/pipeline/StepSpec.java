package dev.longshore.pipeline;

import dev.longshore.step.ContainerLimits;
import dev.longshore.step.StepOptions;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A step of a pipeline.
 *
 * @param name unique in the pipeline
 * @param type which {@link dev.longshore.step.Step} does it
 * @param after the steps that must be over before this one starts, and whose graph it sees
 * @param docker whether it needs Docker
 * @param timeout how long one attempt may take
 * @param retry how often it is tried
 * @param limits what its container may use, if it has one
 */
public record StepSpec(
        String name,
        String type,
        Set<String> after,
        DockerNeed docker,
        Duration timeout,
        Retry retry,
        ContainerLimits limits,
        StepOptions options) {
    public StepSpec {
        after = Collections.unmodifiableSet(new LinkedHashSet<>(after));
    }

    /**
     * How often a step is tried.
     *
     * @param attempts in all, at least 1
     * @param backoff the wait before the second attempt; it doubles with each further one
     */
    public record Retry(int attempts, Duration backoff) {
        private static final Duration LONGEST = Duration.ofMinutes(10);

        /**
         * The wait after attempt number {@code attempt} (from 1) failed, ten minutes at most.
         *
         * @param least what the failure itself asks for
         */
        public Duration wait(int attempt, Duration least) {
            Duration doubled = backoff.multipliedBy(1L << Math.min(attempt - 1, 20));
            Duration wait = doubled.compareTo(least) > 0 ? doubled : least;
            return wait.compareTo(LONGEST) < 0 ? wait : LONGEST;
        }
    }

    StepSpec withAfter(Set<String> names) {
        return new StepSpec(name, type, names, docker, timeout, retry, limits, options);
    }

    StepSpec withOption(String option, Object value) {
        return new StepSpec(name, type, after, docker, timeout, retry, limits, options.with(option, value));
    }
}
