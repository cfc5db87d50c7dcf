package dev.longshore.docker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the guard finds and talks to the daemon. Immutable.
 *
 * @param owner who the containers belong to, the same across restarts
 * @param dockerHost address given by the operator, such as {@code unix:///run/docker.sock}; goes before everything else
 * @param callTimeout deadline of a control call, 30 s unless set
 * @param probeTimeout deadline of {@link GuardedDocker#ping}, 5 s unless set
 * @param stopGrace how long a container is given between SIGTERM and SIGKILL, 2 s unless set
 * @param environment this process's variables; DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG, DOCKER_CERT_PATH,
 *     DOCKER_TLS_VERIFY and XDG_RUNTIME_DIR are read
 * @param home this user's home directory, where {@code .docker} is
 */
public record DockerSettings(
        Owner owner,
        Optional<String> dockerHost,
        Duration callTimeout,
        Duration probeTimeout,
        Duration stopGrace,
        Map<String, String> environment,
        Path home) {

    private static final Duration LONGEST_WAIT = Duration.ofDays(30);

    public DockerSettings {
        environment = Map.copyOf(environment);
        List<String> problems = new ArrayList<>();
        checkWait(problems, "callTimeout", callTimeout);
        checkWait(problems, "probeTimeout", probeTimeout);
        if (stopGrace.isNegative() || stopGrace.compareTo(Duration.ofMinutes(10)) > 0) {
            problems.add("stopGrace must be 0 to 10 minutes: " + stopGrace);
        }
        if (owner.run().isPresent()) {
            problems.add("owner must name no run: " + owner);
        }
        if (dockerHost.isPresent() && dockerHost.get().isBlank()) {
            problems.add("dockerHost must not be blank");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    /** The defaults, for this process's environment and home. */
    public static DockerSettings of(String owner) {
        return new DockerSettings(
                Owner.of(owner),
                Optional.empty(),
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                System.getenv(),
                Path.of(System.getProperty("user.home", "/")));
    }

    public DockerSettings withDockerHost(String address) {
        return new DockerSettings(owner, Optional.of(address), callTimeout, probeTimeout, stopGrace, environment, home);
    }

    public DockerSettings withCallTimeout(Duration timeout) {
        return new DockerSettings(owner, dockerHost, timeout, probeTimeout, stopGrace, environment, home);
    }

    public DockerSettings withProbeTimeout(Duration timeout) {
        return new DockerSettings(owner, dockerHost, callTimeout, timeout, stopGrace, environment, home);
    }

    public DockerSettings withStopGrace(Duration grace) {
        return new DockerSettings(owner, dockerHost, callTimeout, probeTimeout, grace, environment, home);
    }

    /** For tests, and for programs that read their environment from elsewhere. */
    public DockerSettings withEnvironment(Map<String, String> variables, Path homeDirectory) {
        return new DockerSettings(owner, dockerHost, callTimeout, probeTimeout, stopGrace, variables, homeDirectory);
    }

    static Duration requireWait(String what, Duration wait) {
        List<String> problems = new ArrayList<>();
        checkWait(problems, what, wait);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(problems.get(0));
        }
        return wait;
    }

    private static void checkWait(List<String> problems, String what, Duration wait) {
        if (wait.isNegative() || wait.toMillis() < 1 || wait.compareTo(LONGEST_WAIT) > 0) {
            problems.add(what + " must be 1 ms to 30 days: " + wait);
        }
    }

    /** The environment stays out: it holds what other programs keep secret there. An address may carry a password. */
    @Override
    public String toString() {
        return "DockerSettings[owner " + owner + ", dockerHost " + dockerHost.map(EndpointFinder::withoutPassword)
                + ", callTimeout " + callTimeout + ", probeTimeout " + probeTimeout + ", stopGrace " + stopGrace + "]";
    }
}
