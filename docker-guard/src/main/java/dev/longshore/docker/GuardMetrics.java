package dev.longshore.docker;

import dev.longshore.docker.audit.AuditLog;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Measures what guards do, in a Micrometer registry: the program's own choice of one, and the only class of this library that needs
 * Micrometer on the class path. Several guards may share one. {@code docs/docker.md} lists the meters; their tags have few values:
 * never a run, a container or an image.
 */
public final class GuardMetrics {
    private final MeterRegistry registry;
    private final AtomicInteger running = new AtomicInteger();
    /** Looking a meter up by its tags costs more than what it measures. */
    private final Map<String, Timer> timers = new ConcurrentHashMap<>();

    private final Map<String, Counter> counters = new ConcurrentHashMap<>();

    public GuardMetrics(MeterRegistry registry) {
        this.registry = registry;
        Gauge.builder("longshore.docker.runs.active", running, AtomicInteger::get)
                .description("Containers that run now, with their preparation and removal")
                .register(registry);
    }

    void called(String operation, String result, Duration duration) {
        timers.computeIfAbsent(
                        "call " + operation + " " + result,
                        key -> Timer.builder("longshore.docker.calls")
                                .description(
                                        "Calls to the daemon, until the whole answer is here or, where it lasts, its begin")
                                .tags(Tags.of("operation", operation, "result", result))
                                .register(registry))
                .record(duration);
    }

    void refused(String operation, String code, String rule) {
        counters.computeIfAbsent(
                        "refused " + operation + " " + code + " " + rule,
                        key -> Counter.builder("longshore.docker.refusals")
                                .description("Requests that were refused without asking the daemon")
                                .tags(Tags.of("operation", operation, "code", code, "rule", rule))
                                .register(registry))
                .increment();
    }

    void runBegan() {
        running.incrementAndGet();
    }

    void runEnded(String result, Duration duration) {
        running.decrementAndGet();
        timers.computeIfAbsent(
                        "run " + result,
                        key -> Timer.builder("longshore.docker.runs")
                                .description("Runs of containers, from the request until the container is removed")
                                .tags(Tags.of("result", result))
                                .register(registry))
                .record(duration);
    }

    void containerLeft() {
        counters.computeIfAbsent(
                        "left",
                        key -> Counter.builder("longshore.docker.containers.left")
                                .description("Containers that could not be removed")
                                .register(registry))
                .increment();
    }

    /** One gauge for each state, so that a query names the one it means; 1 for the state it is in. */
    void watch(GuardedDocker guard) {
        for (ConnectionState state : ConnectionState.values()) {
            Gauge.builder(
                            "longshore.docker.connection",
                            guard,
                            one -> one.status().state() == state ? 1 : 0)
                    .description("1 for the state that the connection to the daemon is in")
                    .tags(Tags.of("state", state.name().toLowerCase(Locale.ROOT).replace('_', '-')))
                    .register(registry);
        }
    }

    void watch(AuditLog log) {
        FunctionCounter.builder(
                        "longshore.docker.audit.lines", log, one -> one.status().written())
                .description("Lines of the audit log that were written")
                .register(registry);
        FunctionCounter.builder(
                        "longshore.docker.audit.lost", log, one -> one.status().lost())
                .description("Lines of the audit log that could not be written")
                .register(registry);
        Gauge.builder(
                        "longshore.docker.audit.failing",
                        log,
                        one -> one.status().failure().isPresent() ? 1 : 0)
                .description("1 while the audit log cannot be written")
                .register(registry);
    }
}
