package dev.longshore.worker.cli;

import dev.longshore.docker.ConnectionSettings;
import dev.longshore.docker.DockerFailureException;
import dev.longshore.docker.DockerSettings;
import dev.longshore.docker.GuardedDocker;
import dev.longshore.docker.HostPathMode;
import dev.longshore.docker.Leases;
import dev.longshore.docker.Owner;
import dev.longshore.docker.audit.AuditLog;
import dev.longshore.docker.policy.GuardPolicy;
import dev.longshore.run.RunId;
import dev.longshore.step.DockerAccess;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import dev.longshore.worker.pool.Pool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the daemon is, for every command that uses one; the client is opened at its first use. */
final class DockerOptions implements DockerAccess, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DockerOptions.class);

    @Option(
            names = "--docker-host",
            paramLabel = "ADDRESS",
            description =
                    "The Docker daemon's address, for example unix:///run/docker.sock. Else DOCKER_HOST, the current"
                            + " Docker context and the usual sockets are tried.")
    private @Nullable String dockerHost;

    @Mixin
    private AuditOptions auditOptions = new AuditOptions();

    private Optional<AuditLog> audit = Optional.empty();

    @Option(
            names = "--host-paths",
            paramLabel = "auto|same|copy",
            description =
                    "Whether the daemon has this process's files: at the same paths, not at all so that they are copied,"
                            + " or as is found out; else LONGSHORE_HOST_PATHS, else auto.")
    private @Nullable String hostPaths;

    @Mixin
    private PolicyOptions policyOptions = new PolicyOptions();

    private @Nullable GuardPolicy policy;
    private @Nullable GuardedDocker client;
    private String ownerId = owner();
    private Leases leases = Leases.ofProcess();

    @Override
    public synchronized GuardedDocker client() throws StepException {
        GuardedDocker open = client;
        if (open == null) {
            try {
                open = open();
            } catch (DockerFailureException e) {
                throw new StepException(StepFailure.of(e.failure()), e);
            }
            client = open;
        }
        return open;
    }

    private GuardedDocker open() {
        openAudit();
        DockerSettings settings = settings();
        return GuardedDocker.open(audit.isPresent() ? settings.withAudit(audit.get()) : settings);
    }

    /** What the client is opened with, but for the audit log. */
    synchronized DockerSettings settings() {
        GuardPolicy allowed = policy == null ? readPolicy(new WorkDirectory().path()) : policy;
        DockerSettings settings = DockerSettings.of(ownerId)
                .withPolicy(allowed)
                .withConnection(connection(System.getenv()))
                .withHostPaths(hostPathMode(System.getenv()))
                .withLeases(leases);
        return dockerHost == null ? settings : settings.withDockerHost(dockerHost);
    }

    /**
     * Reads the policy: before anything starts, so that one that cannot be used stops it.
     *
     * @param work the work directory, the only place for output directories in the standard policy
     * @param secrets files of this worker's own that no container may see, besides the policy and all pools' keys
     */
    synchronized GuardPolicy readPolicy(Path work, Path... secrets) {
        GuardPolicy read = policyOptions.policy(work, System.getenv(), System.getProperty("user.home", "/"));
        for (Path secret : secrets) {
            read = read.protecting(secret);
        }
        for (Path keys : Pool.sealKeysBelow(work)) {
            read = read.protecting(keys);
        }
        policy = read;
        return read;
    }

    /** Opens the audit log, if one is asked for: before anything starts, so that one that cannot be written stops it. */
    synchronized DockerOptions openAudit() {
        if (audit.isEmpty()) {
            audit = auditOptions.settings(System.getenv()).map(AuditLog::open);
        }
        return this;
    }

    static ConnectionSettings connection(Map<String, String> environment) {
        try {
            return ConnectionSettings.of(environment);
        } catch (IllegalArgumentException e) {
            throw new BadInputException(String.valueOf(e.getMessage()));
        }
    }

    private HostPathMode hostPathMode(Map<String, String> environment) {
        String given = hostPaths == null ? environment.getOrDefault("LONGSHORE_HOST_PATHS", "") : hostPaths;
        if (given.isBlank()) {
            return HostPathMode.AUTO;
        }
        return Stream.of(HostPathMode.values())
                .filter(mode -> mode.name().toLowerCase(Locale.ROOT).equals(given))
                .findFirst()
                .orElseThrow(() -> new BadInputException("--host-paths is auto, same or copy, not " + given));
    }

    /** Has the containers belong to another owner than this user on this host, under a lease. */
    DockerOptions ownedBy(String id, Leases lease) {
        ownerId = id;
        return under(lease);
    }

    /** Has the containers made under a lease that others can judge who do not see this process. */
    DockerOptions under(Leases lease) {
        leases = lease;
        return this;
    }

    /** Whose containers those of a run are. */
    static Owner ownerOf(RunId run) {
        return Owner.of(owner()).ofRun(run.value());
    }

    /** The same for every call of this user on this host, so that a later one finds what a killed one left. */
    private static String owner() {
        String text = System.getProperty("user.name", "unknown") + "." + host();
        return "longshore-" + text.replaceAll("[^A-Za-z0-9_.-]", "-");
    }

    /** Whose Docker daemon it is: this host's name, unless it is said otherwise, as it is where workers run in containers. */
    static String host() {
        String given = System.getenv().getOrDefault("LONGSHORE_HOST", "").strip();
        return given.isEmpty() ? machine() : given;
    }

    /** What this host or container is called. */
    static String machine() {
        return host(Path.of("/proc/sys/kernel/hostname"), System.getenv());
    }

    /** The kernel's word for it, or the shell's. Java's own asks name servers too, for as long as they take. */
    static String host(Path kernel, Map<String, String> environment) {
        String name = "";
        try {
            name = Files.readString(kernel).strip();
        } catch (IOException e) {
            LOG.debug("the kernel does not tell the host's name", e);
        }
        if (name.isEmpty()) {
            name = environment.getOrDefault("HOSTNAME", "").strip();
        }
        return name.isEmpty() ? "localhost" : name;
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
        }
        audit.ifPresent(AuditLog::close);
        audit = Optional.empty();
    }
}
