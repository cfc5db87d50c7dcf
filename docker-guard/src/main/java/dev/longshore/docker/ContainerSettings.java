package dev.longshore.docker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How the guard looks after what it makes on the daemon. Immutable.
 *
 * @param leases under whose lease it is made, and who knows of others'; this process's own unless set
 * @param thresholds above which use of a container its listener is told, {@link StatsThresholds#STANDARD} unless set
 * @param imagePresence how long an image that was seen on the daemon is taken to be there still, 30 s unless set; 0 asks each time
 * @param pullDeadline how long the pull of an image may take, attempts and waits together, 30 min unless set
 * @param pullRecords an existing directory of the caller's, in which the times of pulls are kept across restarts, for {@link
 *     PullPolicy#DAILY}
 */
public record ContainerSettings(
        Leases leases,
        StatsThresholds thresholds,
        Duration imagePresence,
        Duration pullDeadline,
        Optional<Path> pullRecords) {

    public ContainerSettings {
        List<String> problems = new ArrayList<>();
        DockerSettings.checkWait(problems, "pullDeadline", pullDeadline);
        if (imagePresence.isNegative() || imagePresence.compareTo(Duration.ofHours(1)) > 0) {
            problems.add("imagePresence must be 0 to 1 hour: " + imagePresence);
        }
        if (!Leases.isValid(leases.own())) {
            problems.add("the lease must be 1 to 128 of A-Z a-z 0-9 . : -: " + Text.quote(leases.own()));
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    /** The defaults. */
    public static ContainerSettings standard() {
        return new ContainerSettings(
                Leases.ofProcess(),
                StatsThresholds.STANDARD,
                Duration.ofSeconds(30),
                Duration.ofMinutes(30),
                Optional.empty());
    }

    public ContainerSettings withLeases(Leases value) {
        return new ContainerSettings(value, thresholds, imagePresence, pullDeadline, pullRecords);
    }

    public ContainerSettings withThresholds(StatsThresholds value) {
        return new ContainerSettings(leases, value, imagePresence, pullDeadline, pullRecords);
    }

    public ContainerSettings withImagePresence(Duration value) {
        return new ContainerSettings(leases, thresholds, value, pullDeadline, pullRecords);
    }

    public ContainerSettings withPullDeadline(Duration value) {
        return new ContainerSettings(leases, thresholds, imagePresence, value, pullRecords);
    }

    public ContainerSettings withPullRecords(Path directory) {
        return new ContainerSettings(leases, thresholds, imagePresence, pullDeadline, Optional.of(directory));
    }
}
