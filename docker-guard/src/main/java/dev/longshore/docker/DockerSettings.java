package dev.longshore.docker;

import dev.longshore.docker.audit.AuditLog;
import dev.longshore.docker.policy.GuardPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How the guard finds and talks to the daemon. Immutable.
 *
 * @param owner who the containers belong to, the same across restarts
 * @param dockerHost address given by the operator, such as {@code unix:///run/docker.sock}; goes before everything else
 * @param connection deadlines, retries and health checks of the calls
 * @param hostPaths how the daemon's names for this process's files are found, {@link HostPathMode#AUTO} unless set
 * @param stopGrace how long a container is given between SIGTERM and SIGKILL, 2 s unless set
 * @param audit where all calls and refusals are written down; its opener closes it, after the guard
 * @param metrics where calls, refusals and runs are measured
 * @param environment this process's variables; DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG, DOCKER_CERT_PATH,
 *     DOCKER_TLS_VERIFY and XDG_RUNTIME_DIR are read
 * @param home this user's home directory, where {@code .docker} is
 * @param policy what may be asked of the daemon, the standard policy unless set
 * @param containers leases, thresholds and pulls of what is made on the daemon
 */
public record DockerSettings(
        Owner owner,
        Optional<String> dockerHost,
        ConnectionSettings connection,
        HostPathMode hostPaths,
        Duration stopGrace,
        Optional<AuditLog> audit,
        Optional<GuardMetrics> metrics,
        Map<String, String> environment,
        Path home,
        GuardPolicy policy,
        ContainerSettings containers) {

    private static final Duration LONGEST_WAIT = Duration.ofDays(30);

    public DockerSettings {
        environment = Map.copyOf(environment);
        List<String> problems = new ArrayList<>();
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
                ConnectionSettings.standard(),
                HostPathMode.AUTO,
                Duration.ofSeconds(2),
                Optional.empty(),
                Optional.empty(),
                System.getenv(),
                Path.of(System.getProperty("user.home", "/")),
                GuardPolicy.standard(),
                ContainerSettings.standard());
    }

    public DockerSettings withDockerHost(String address) {
        return with(copy -> copy.dockerHost = Optional.of(address));
    }

    public DockerSettings withConnection(ConnectionSettings settings) {
        return with(copy -> copy.connection = settings);
    }

    public DockerSettings withCallTimeout(Duration timeout) {
        return withConnection(connection.withCallTimeout(timeout));
    }

    public DockerSettings withProbeTimeout(Duration timeout) {
        return withConnection(connection.withProbeTimeout(timeout));
    }

    public DockerSettings withHostPaths(HostPathMode mode) {
        return with(copy -> copy.hostPaths = mode);
    }

    public DockerSettings withStopGrace(Duration grace) {
        return with(copy -> copy.stopGrace = grace);
    }

    /** Has every call and refusal written to an audit log, which stays the caller's to close. */
    public DockerSettings withAudit(AuditLog log) {
        return with(copy -> copy.audit = Optional.of(log));
    }

    /** Has calls, refusals and runs measured. Needs Micrometer on the class path; nothing else here does. */
    public DockerSettings withMetrics(GuardMetrics meters) {
        return with(copy -> copy.metrics = Optional.of(meters));
    }

    public DockerSettings withPolicy(GuardPolicy allowed) {
        return with(copy -> copy.policy = allowed);
    }

    public DockerSettings withContainers(ContainerSettings settings) {
        return with(copy -> copy.containers = settings);
    }

    /** Whose lease the containers are made under, and who knows of others'. */
    public DockerSettings withLeases(Leases leases) {
        return withContainers(containers.withLeases(leases));
    }

    /** For tests, and for programs that read their environment from elsewhere. */
    public DockerSettings withEnvironment(Map<String, String> variables, Path homeDirectory) {
        return with(copy -> {
            copy.environment = variables;
            copy.home = homeDirectory;
        });
    }

    Leases leases() {
        return containers.leases();
    }

    /** Deadline of a control call. */
    Duration callTimeout() {
        return connection.callTimeout();
    }

    /** Deadline of a sign of life. */
    Duration probeTimeout() {
        return connection.probeTimeout();
    }

    static Duration requireWait(String what, Duration wait) {
        List<String> problems = new ArrayList<>();
        checkWait(problems, what, wait);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(problems.get(0));
        }
        return wait;
    }

    static void checkWait(List<String> problems, String what, Duration wait) {
        if (wait.isNegative() || wait.toMillis() < 1 || wait.compareTo(LONGEST_WAIT) > 0) {
            problems.add(what + " must be 1 ms to 30 days: " + wait);
        }
    }

    private DockerSettings with(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return copy.build();
    }

    /** One place that names every component, so that adding one does not touch every {@code with} method. */
    private static final class Copy {
        private final Owner owner;
        private Optional<String> dockerHost;
        private ConnectionSettings connection;
        private HostPathMode hostPaths;
        private Duration stopGrace;
        private Optional<AuditLog> audit;
        private Optional<GuardMetrics> metrics;
        private Map<String, String> environment;
        private Path home;
        private GuardPolicy policy;
        private ContainerSettings containers;

        Copy(DockerSettings from) {
            owner = from.owner;
            dockerHost = from.dockerHost;
            connection = from.connection;
            hostPaths = from.hostPaths;
            stopGrace = from.stopGrace;
            audit = from.audit;
            metrics = from.metrics;
            environment = from.environment;
            home = from.home;
            policy = from.policy;
            containers = from.containers;
        }

        DockerSettings build() {
            return new DockerSettings(
                    owner,
                    dockerHost,
                    connection,
                    hostPaths,
                    stopGrace,
                    audit,
                    metrics,
                    environment,
                    home,
                    policy,
                    containers);
        }
    }

    /** The environment stays out: it holds what other programs keep secret there. An address may carry a password. */
    @Override
    public String toString() {
        return "DockerSettings[owner " + owner + ", dockerHost " + dockerHost.map(EndpointFinder::withoutPassword)
                + ", " + connection + ", stopGrace " + stopGrace + ", " + policy + "]";
    }
}
