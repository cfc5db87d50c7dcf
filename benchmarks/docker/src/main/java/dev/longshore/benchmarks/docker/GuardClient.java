package dev.longshore.benchmarks.docker;

import dev.longshore.docker.ConnectionSettings;
import dev.longshore.docker.ConnectionSettings.Rate;
import dev.longshore.docker.ContainerExit;
import dev.longshore.docker.ContainerListener;
import dev.longshore.docker.ContainerRequest;
import dev.longshore.docker.DockerSettings;
import dev.longshore.docker.GuardedDocker;
import dev.longshore.docker.Mount;
import dev.longshore.docker.audit.AuditLog;
import dev.longshore.docker.audit.AuditSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The guard, with its policy and, where it is given a directory for one, the audit log. */
final class GuardClient implements Client {
    private final String name;
    private final Optional<AuditLog> audit;
    private final GuardedDocker docker;
    private final String image;
    private final Path source;
    private final Path output;

    GuardClient(String name, String address, String image, Path source, Path output, Optional<AuditSettings> audit) {
        this.name = name;
        this.audit = audit.map(AuditLog::open);
        DockerSettings settings = DockerSettings.of(
                        "benchmark-" + ProcessHandle.current().pid())
                .withDockerHost(address)
                // Calls come one upon the other here, which the guard would slow down to 100 in a second.
                .withConnection(
                        ConnectionSettings.standard().withRate(new Rate(100_000, 100_000, Duration.ofSeconds(1))));
        this.docker = GuardedDocker.open(this.audit.map(settings::withAudit).orElse(settings));
        this.image = image;
        this.source = source;
        this.output = output;
    }

    @Override
    public String name() {
        return name;
    }

    /** The API version agreed on, for the plain client to use too. */
    String apiVersion() throws InterruptedException {
        return docker.connect().apiVersion();
    }

    @Override
    public void ping() throws InterruptedException {
        docker.ping();
    }

    @Override
    public void inspectImage() throws InterruptedException {
        docker.image(image);
    }

    @Override
    public void runContainer() throws InterruptedException {
        ContainerExit exit = docker.run(
                ContainerRequest.builder(image, "benchmark", "true")
                        .command("true")
                        .mount(new Mount.ReadOnlyBind(source, "/workspace"))
                        .mount(new Mount.OutputDirectory(output, "/out", 1L << 20))
                        .build(),
                ContainerListener.NONE);
        if (!(exit instanceof ContainerExit.Exited exited) || exited.code() != 0) {
            throw new IllegalStateException("the container ended with " + exit);
        }
    }

    @Override
    public void close() {
        docker.close();
        audit.ifPresent(AuditLog::close);
    }
}
