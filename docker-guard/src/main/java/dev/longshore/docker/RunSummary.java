package dev.longshore.docker;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a container's run went, however it ended.
 *
 * @param container its name on the daemon
 * @param duration from its start to its end
 * @param peakMemoryBytes the most memory seen in use, where the daemon told; it is sampled, so a short peak may be missing
 * @param stderrTail the last lines of standard error, oldest first, at most {@value #TAIL_LINES} lines and 32 KiB
 * @param left the container, when the daemon did not let it be removed
 * @param stats what it used
 * @param mounts where its files are on the host: of one that was taken over, where the process before had put them
 * @param takenOver whether another process had started it; it ran longer then than the duration here
 */
public record RunSummary(
        String container,
        Duration duration,
        OptionalLong peakMemoryBytes,
        List<String> stderrTail,
        Optional<DockerFailure.ContainerLeft> left,
        StatsHistory stats,
        List<Mount> mounts,
        boolean takenOver) {
    static final int TAIL_LINES = 50;

    public RunSummary {
        stderrTail = List.copyOf(stderrTail);
        mounts = List.copyOf(mounts);
    }
}
