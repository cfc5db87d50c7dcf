package dev.longshore.docker;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at a running container from outside now and then: the size of its output directories and its memory. */
final class ContainerWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerWatch.class);
    private static final Duration PERIOD = Duration.ofMillis(250);
    private static final int ROUNDS_PER_MEMORY_SAMPLE = 4;

    private final Containers containers;
    private final String name;
    private final List<Mount.OutputDirectory> outputs;
    private final Consumer<Ending> endings;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = Daemons.thread("docker-watch", this::watch);
    private volatile long peakMemory = -1;

    ContainerWatch(Containers containers, String name, List<Mount> mounts, Consumer<Ending> endings) {
        this.containers = containers;
        this.name = name;
        this.endings = endings;
        this.outputs = mounts.stream()
                .filter(Mount.OutputDirectory.class::isInstance)
                .map(Mount.OutputDirectory.class::cast)
                .toList();
    }

    void start() {
        thread.start();
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

    OptionalLong peakMemory() {
        return peakMemory < 0 ? OptionalLong.empty() : OptionalLong.of(peakMemory);
    }

    private void watch() {
        try {
            long pause = PERIOD.toNanos();
            for (int round = 0; !closed.await(pause, TimeUnit.NANOSECONDS); round++) {
                long begin = System.nanoTime();
                tooMuchOutput().ifPresent(endings);
                if (round % ROUNDS_PER_MEMORY_SAMPLE == 0) {
                    sampleMemory();
                }
                // A large directory takes long to measure: spend at most a fifth of a processor on it.
                pause = Math.max(PERIOD.toNanos(), 4 * (System.nanoTime() - begin));
            }
        } catch (InterruptedException e) {
            // Closed while asking the daemon.
            Thread.currentThread().interrupt();
        }
    }

    private void sampleMemory() throws InterruptedException {
        try {
            containers.memory(name).ifPresent(bytes -> peakMemory = Math.max(peakMemory, bytes));
        } catch (DockerFailureException e) {
            // Only a figure in the summary is lost; whether the daemon is lost is for the wait call to say.
            LOG.debug("no memory figure of {}", name, e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }
}
