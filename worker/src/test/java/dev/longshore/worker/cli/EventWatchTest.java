package dev.longshore.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.pipeline.DockerNeed;
import dev.longshore.pipeline.Pipeline;
import dev.longshore.pipeline.StepSpec;
import dev.longshore.run.DockerMode;
import dev.longshore.run.InMemoryRunStore;
import dev.longshore.run.Run;
import dev.longshore.run.RunEvent;
import dev.longshore.run.RunId;
import dev.longshore.run.RunSpec;
import dev.longshore.run.RunState;
import dev.longshore.run.RunStore;
import dev.longshore.source.Source;
import dev.longshore.step.ContainerLimits;
import dev.longshore.step.StepOptions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventWatchTest {
    private static final Duration PERIOD = Duration.ofMillis(20);

    private final RunStore runs = new InMemoryRunStore();
    private final List<String> lines = new ArrayList<>();
    private final RunId id = RunId.next(Instant.now());

    @BeforeEach
    void endedRun() {
        StepSpec step = new StepSpec(
                "step",
                "filesystem",
                Set.of(),
                DockerNeed.NONE,
                Duration.ofMinutes(1),
                new StepSpec.Retry(1, Duration.ofSeconds(1)),
                ContainerLimits.DEFAULT,
                new StepOptions(Map.of()));
        Instant now = Instant.now();
        runs.create(Run.queued(new RunSpec(
                id,
                new Source.Directory(Path.of("/source"), Optional.empty()),
                new Pipeline("one", List.of(step)),
                DockerMode.OFF,
                Path.of("/out"),
                now)));
        runs.update(id, run -> run.cancelledUnlessOver(now));
    }

    private RunState watch(RunStore store, long after, Consumer<Run> look) throws InterruptedException {
        return new EventWatch(store, id, lines::add, look, PERIOD).await(after);
    }

    /** Tells of events when it is let to. */
    private final class Held {
        private Runnable release = () -> {};

        RunStore store() {
            return (RunStore) Proxy.newProxyInstance(
                    RunStore.class.getClassLoader(), new Class<?>[] {RunStore.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("follow")) {
                            release = () -> runs.follow(id, (Long) arguments[1], (RunStore.EventListener) arguments[2]);
                            return (RunStore.Subscription) () -> {};
                        }
                        try {
                            return method.invoke(runs, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }

    @Test
    void endsWithTheEventThatEndsTheRun() throws InterruptedException {
        assertThat(watch(runs, 0, run -> {})).isEqualTo(RunState.CANCELLED);
        assertThat(lines.get(lines.size() - 1)).contains("\"CANCELLED\"").endsWith("\n");
    }

    @Test
    void waitsForEventsThatComeLongAfterTheRunIsSeenToBeOver() throws InterruptedException {
        Held held = new Held();
        int[] looks = {0};
        RunState ended = watch(held.store(), 0, run -> {
            if (++looks[0] == 5) {
                held.release.run();
            }
        });
        assertThat(ended).isEqualTo(RunState.CANCELLED);
        assertThat(lines).isNotEmpty();
        assertThat(lines.get(lines.size() - 1)).contains("\"CANCELLED\"");
    }

    @Test
    void whoAsksForWhatComesAfterTheEndIsToldHowItEnded() throws InterruptedException {
        long last = runs.events(id, 0, 100).stream()
                .mapToLong(entry -> entry.sequence())
                .max()
                .orElseThrow();
        assertThat(watch(runs, last, run -> {})).isEqualTo(RunState.CANCELLED);
        assertThat(lines).isEmpty();
    }

    @Test
    void anEventThatTheRunKnowsNothingOfDecidesNothing() throws InterruptedException {
        RunStore forged = (RunStore) Proxy.newProxyInstance(
                RunStore.class.getClassLoader(), new Class<?>[] {RunStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("follow")) {
                        ((RunStore.EventListener) arguments[2])
                                .happened(new RunEvent.Entry(
                                        99, Instant.now(), new RunEvent.RunChanged(RunState.SUCCEEDED, "")));
                        return (RunStore.Subscription) () -> {};
                    }
                    return method.invoke(runs, arguments);
                });

        assertThat(watch(forged, 0, run -> {})).isEqualTo(RunState.CANCELLED);
    }
}
