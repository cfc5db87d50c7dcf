package dev.longshore.docker;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How a container ended. In every case it has been removed, or {@link RunSummary#left} says why not. A thread that is interrupted
 * learns of no exit: that is an {@link InterruptedException} of {@link GuardedDocker#run}.
 */
public sealed interface ContainerExit {
    RunSummary summary();

    /** Its process ended by itself, with this exit code; 128 + n where signal n killed it. */
    record Exited(int code, RunSummary summary) implements ContainerExit {}

    /** The kernel killed a process of it for want of memory, and it did not end well. */
    record OutOfMemory(long limitBytes, RunSummary summary) implements ContainerExit {}

    /** It ran past its deadline and was killed. */
    record DeadlineExceeded(Duration deadline, RunSummary summary) implements ContainerExit {}

    /**
     * Its {@link Cancellation} was cancelled before it had come to another end. Where that was before its start, it never ran, or never
     * was.
     */
    record Cancelled(RunSummary summary) implements ContainerExit {}

    /** It wrote nothing to standard output or error for this long and was killed. */
    record Inactive(Duration timeout, RunSummary summary) implements ContainerExit {}

    /**
     * Its output directory grew past a bound, or in a way that cannot be measured; it was killed without grace.
     *
     * @param detail what was found, in words
     */
    record OutputLimitExceeded(Path directory, String detail, RunSummary summary) implements ContainerExit {}

    /** The daemon went away while it ran, or would not say how it is: whether it still runs is not known. */
    record DaemonLost(DockerFailure failure, RunSummary summary) implements ContainerExit {}
}
