package dev.longshore.docker;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at a running container from outside now and then: the size of its output directories and what it uses. */
final class ContainerWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerWatch.class);
    private static final Duration PERIOD = Duration.ofMillis(250);
    private static final int ROUNDS_PER_SAMPLE = 4;
    private static final int MOST_UNTOLD = StatsHistory.MOST_ALERTS;

    private final Containers containers;
    private final String name;
    private final List<Mount.OutputDirectory> outputs;
    private final Consumer<Ending> endings;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread measuring = Daemons.thread("docker-watch", this::measure);
    // Apart from the measuring: a daemon that is slow to give its figures must not leave the output without bounds.
    private final Thread sampling = Daemons.thread("docker-stats", this::sampleAll);
    private final StatsRecorder stats;
    private final Audience audience;
    private final Deque<StatsAlert> untold = new ArrayDeque<>();
    private volatile long peakMemory = -1;

    /** Who hears of the figures; false if it has no time to. */
    interface Audience {
        boolean tell(Consumer<ContainerListener> word);
    }

    ContainerWatch(
            Containers containers,
            String name,
            List<Mount> mounts,
            StatsRecorder stats,
            Audience audience,
            Consumer<Ending> endings) {
        this.containers = containers;
        this.name = name;
        this.stats = stats;
        this.audience = audience;
        this.endings = endings;
        this.outputs = mounts.stream()
                .filter(Mount.OutputDirectory.class::isInstance)
                .map(Mount.OutputDirectory.class::cast)
                .toList();
    }

    void start() {
        if (!outputs.isEmpty()) {
            measuring.start();
        }
        sampling.start();
    }

    /** The first output directory that is past its bounds. */
    Optional<Ending.TooMuchOutput> tooMuchOutput() {
        return outputs.stream()
                .flatMap(output ->
                        DirectoryWatch.problem(output)
                                .map(problem -> new Ending.TooMuchOutput(output.host(), problem))
                                .stream())
                .findFirst();
    }

    StatsHistory history() {
        return stats.history();
    }

    OptionalLong peakMemory() {
        return peakMemory < 0 ? OptionalLong.empty() : OptionalLong.of(peakMemory);
    }

    private void measure() {
        try {
            long pause = PERIOD.toNanos();
            while (!closed.await(pause, TimeUnit.NANOSECONDS)) {
                long begin = System.nanoTime();
                Optional<Ending.TooMuchOutput> tooMuch = tooMuchOutput();
                long spent = System.nanoTime() - begin;
                tooMuch.ifPresent(endings);
                // A large directory takes long to measure: spend at most a fifth of a processor on it.
                pause = Math.max(PERIOD.toNanos(), 4 * spent);
            }
        } catch (InterruptedException e) {
            // Closed while between two looks.
            Thread.currentThread().interrupt();
        }
    }

    private void sampleAll() {
        try {
            for (int round = 0; !closed.await(PERIOD.toNanos(), TimeUnit.NANOSECONDS); round++) {
                if (round % ROUNDS_PER_SAMPLE == 0) {
                    sample();
                }
                tellAlerts();
            }
        } catch (InterruptedException e) {
            // Closed while asking the daemon.
            Thread.currentThread().interrupt();
        }
    }

    private void sample() throws InterruptedException {
        try {
            containers.stats(name).map(stats::take).ifPresent(taken -> {
                peakMemory = Math.max(peakMemory, taken.sample().memoryBytes());
                untold.addAll(taken.alerts());
                audience.tell(listener -> listener.stats(taken.sample()));
            });
        } catch (DockerFailureException e) {
            // Only figures in the summary are lost; whether the daemon is lost is for the wait call to say.
            LOG.debug("no figures of {}", name, e);
        }
    }

    /** A listener that is busy is told later: until then there can be no more than a few, as each waits for the value to fall. */
    private void tellAlerts() {
        while (!untold.isEmpty() && audience.tell(listener -> listener.alert(untold.element()))) {
            untold.remove();
        }
        while (untold.size() > MOST_UNTOLD) {
            untold.remove();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        measuring.interrupt();
        sampling.interrupt();
    }
}
