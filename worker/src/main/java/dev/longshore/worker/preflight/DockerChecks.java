package dev.longshore.worker.preflight;

import dev.longshore.docker.ConnectionStatus;
import dev.longshore.docker.DaemonInfo;
import dev.longshore.docker.DockerFailure;
import dev.longshore.docker.DockerFailureException;
import dev.longshore.docker.GuardedDocker;
import dev.longshore.docker.ImageInfo;
import dev.longshore.step.Sizes;
import dev.longshore.step.StepFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether a step can run in Docker, from the socket to what a container sees of the workspace. The checks stand on one
 * another: after the first problem the others are not known.
 */
public final class DockerChecks {
    /** All checks together, clone of a git source included. */
    public static final Duration DEADLINE = Duration.ofMinutes(10);
    /** Below this the daemon can hardly unpack a layer or keep a container's log. */
    private static final long LEAST_FREE = 256L << 20;

    private static final String ENDPOINT = "endpoint";
    private static final String CONNECTION = "connection";
    private static final String DISK = "daemon's disk";
    private static final String IMAGE = "image";
    private static final String WORKSPACE = "workspace";

    private final GuardedDocker docker;

    public DockerChecks(GuardedDocker docker) {
        this.docker = docker;
    }

    /**
     * Every check, in its order.
     *
     * @param image what the step runs
     * @param imageFix what to do where the daemon lacks the image
     * @param workspace the directory that its container must see
     * @param scratch an empty directory for the canary, where the step's output would go
     * @param run labels the canary container
     */
    public List<Check> all(String image, String imageFix, Path workspace, Path scratch, String run)
            throws IOException, InterruptedException {
        List<Check> checks = new ArrayList<>();
        checks.add(Check.ok(ENDPOINT, docker.endpoint().toString()));
        try {
            DaemonInfo daemon = docker.connect();
            checks.add(Check.ok(
                    CONNECTION,
                    "Docker Engine " + daemon.engineVersion() + ", API " + daemon.apiVersion()
                            + (daemon.rootless() ? ", rootless" : "")
                            + ", " + state(docker.status())));
            checks.add(disk(daemon));
        } catch (DockerFailureException e) {
            checks.add(Check.problem(CONNECTION, e.failure()));
            return unknown(checks, List.of(DISK, IMAGE, WORKSPACE));
        }
        try {
            ImageInfo info = docker.image(image);
            checks.add(Check.ok(IMAGE, image + ", " + Sizes.format(info.sizeBytes())));
        } catch (DockerFailureException e) {
            checks.add(
                    e.failure() instanceof DockerFailure.ImageMissing
                            ? Check.problem(IMAGE, new StepFailure.ImageMissing(image, imageFix))
                            : Check.problem(IMAGE, e.failure()));
            return unknown(checks, List.of(WORKSPACE));
        }
        checks.add(new Canary(docker, image, run).sees(WORKSPACE, workspace, scratch));
        return checks;
    }

    private static String state(ConnectionStatus status) {
        String state = status.state().name().toLowerCase(Locale.ROOT).replace('_', '-');
        return status.classes().stream()
                .findFirst()
                .map(failing -> state + ": " + failing.cause().message())
                .orElse(state);
    }

    /** The checks of {@link #all} where there is no place for what they write. */
    public static List<Check> notChecked() {
        return unknown(new ArrayList<>(), List.of(ENDPOINT, CONNECTION, DISK, IMAGE, WORKSPACE));
    }

    /** The first problem of {@link #all}, as a failure; empty if there is none. */
    public Optional<StepFailure> canRun(String image, String imageFix, Path workspace, Path scratch, String run)
            throws IOException, InterruptedException {
        return all(image, imageFix, workspace, scratch, run).stream()
                .filter(check -> check.status() == Check.Status.PROBLEM)
                .findFirst()
                .flatMap(Check::failure);
    }

    private static Check disk(DaemonInfo daemon) {
        if (daemon.rootFreeBytes().isEmpty()) {
            return Check.ok(DISK, daemon.rootDirectory() + ": its free space cannot be seen from here");
        }
        long free = daemon.rootFreeBytes().getAsLong();
        String detail = Sizes.format(free) + " free in " + daemon.rootDirectory();
        return free >= LEAST_FREE
                ? Check.ok(DISK, detail)
                : Check.problem(
                        DISK, detail + ", at least " + Sizes.format(LEAST_FREE) + " are needed", "docker system prune");
    }

    private static List<Check> unknown(List<Check> checks, List<String> names) {
        names.forEach(name -> checks.add(Check.unknown(name, "not checked, because of the problem above")));
        return checks;
    }
}
