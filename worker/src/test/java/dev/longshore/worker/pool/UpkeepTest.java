package dev.longshore.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.longshore.docker.DockerFailureException;
import dev.longshore.docker.DockerSettings;
import dev.longshore.docker.GuardedDocker;
import dev.longshore.docker.Owner;
import dev.longshore.pipeline.DockerNeed;
import dev.longshore.pipeline.Pipeline;
import dev.longshore.pipeline.StepSpec;
import dev.longshore.pipeline.StepTypes;
import dev.longshore.run.DockerMode;
import dev.longshore.run.InMemoryRunStore;
import dev.longshore.run.Run;
import dev.longshore.run.RunId;
import dev.longshore.run.RunSpec;
import dev.longshore.run.RunStore;
import dev.longshore.source.Source;
import dev.longshore.step.ContainerLimits;
import dev.longshore.step.StepFailure;
import dev.longshore.step.StepOptions;
import dev.longshore.worker.jobs.JobServer;
import dev.longshore.worker.jobs.ProgressBoard;
import dev.longshore.worker.jobs.Services;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What a worker does about a Docker that goes away and comes back, and about a part of its upkeep that fails. */
@Timeout(90)
class UpkeepTest {
    private static final Owner OWNER = Owner.of("longshore-upkeep-test");

    /** A socket's path must be short. */
    @TempDir
    Path temporary;

    private final RunStore runs = new InMemoryRunStore();
    private final BlockingQueue<String> prepared = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(Outage.class);
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel() == Level.WARN) {
                told.add(event.getFormattedMessage());
            }
        }
    };

    @BeforeEach
    void listen() {
        appender.setContext(logger.getLoggerContext());
        appender.start();
        logger.addAppender(appender);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(appender);
    }

    private Run parkable() {
        Instant now = Instant.now();
        StepSpec step = new StepSpec(
                "probe",
                "container",
                Set.of(),
                DockerNeed.REQUIRED,
                Duration.ofMinutes(1),
                new StepSpec.Retry(1, Duration.ofSeconds(1)),
                ContainerLimits.DEFAULT,
                new StepOptions(Map.of()));
        Run run = Run.queued(new RunSpec(
                RunId.next(now),
                new Source.Directory(temporary, Optional.empty()),
                new Pipeline("probing", List.of(step)),
                DockerMode.REQUIRED,
                temporary.resolve("out"),
                now));
        runs.create(run);
        return runs.start(run.id(), "repository");
    }

    /** A daemon that is no more than alive. */
    private static ServerSocketChannel daemon(Path socket) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread thread = new Thread(() -> answer(server), "daemon");
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    private static void answer(ServerSocketChannel server) {
        String body = "{\"Version\":\"20.10.24\",\"ApiVersion\":\"1.41\",\"MinAPIVersion\":\"1.12\"}";
        ByteBuffer answer =
                ByteBuffer.wrap(("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                                + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                        .getBytes(StandardCharsets.US_ASCII));
        while (server.isOpen()) {
            try (SocketChannel client = server.accept()) {
                if (client.read(ByteBuffer.allocate(65_536)) > 0) {
                    client.write(answer.duplicate());
                }
            } catch (IOException e) {
                // A client that went away, or the end of the test: the loop looks which.
                Thread.onSpinWait();
            }
        }
    }

    private GuardedDocker docker(Path socket) {
        return GuardedDocker.open(DockerSettings.of("longshore-upkeep-test").withDockerHost("unix://" + socket));
    }

    private Services services(GuardedDocker docker) throws IOException {
        Services services = new Services(
                runs,
                new StepTypes(List.of()),
                temporary.resolve("work"),
                () -> docker,
                new ProgressBoard(),
                1,
                Clock.systemUTC(),
                true);
        Files.createDirectories(services.work());
        return services;
    }

    @Test
    void aPartWhoseClassesAreNotThereIsTriedAgain() throws Exception {
        CountDownLatch tried = new CountDownLatch(2);
        Runnable broken = () -> {
            tried.countDown();
            throw new NoClassDefFoundError("of a job");
        };
        try (GuardedDocker docker = docker(temporary.resolve("no.sock"));
                JobServer server = JobServer.inMemory(services(docker), 1, Duration.ofSeconds(5));
                Upkeep upkeep =
                        new Upkeep(server, services(docker), OWNER, () -> {}, broken, Upkeep.Retention.STANDARD)) {
            assertThat(tried.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void imagesAreMadeAgainWhenDockerIsBackAndBothAreToldOnce() throws Exception {
        Path socket = temporary.resolve("d.sock");
        try (GuardedDocker docker = docker(socket)) {
            Services services = services(docker);
            Run run = parkable();
            DockerFailureException away = catchThrowableOfType(DockerFailureException.class, docker::ping);
            // Not started: what is enqueued is of no interest here.
            try (JobServer server = JobServer.inMemory(services, 1, Duration.ofSeconds(5));
                    Upkeep upkeep = new Upkeep(
                            server,
                            services,
                            OWNER,
                            () -> prepared.add("images"),
                            () -> {},
                            Upkeep.Retention.STANDARD)) {
                runs.update(run.id(), before -> before.parked(new StepFailure.Docker(away.failure())));
                assertThat(told.poll(30, TimeUnit.SECONDS)).startsWith("Docker is away: ");
                assertThat(prepared).isEmpty();

                try (ServerSocketChannel daemon = daemon(socket)) {
                    assertThat(prepared.poll(30, TimeUnit.SECONDS)).isEqualTo("images");
                    assertThat(told.poll(30, TimeUnit.SECONDS)).startsWith("Docker is back after ");
                    // Before the daemon goes: that is noticed at once, and told.
                    assertThat(told).isEmpty();
                    assertThat(daemon.isOpen()).isTrue();
                }
            }
        }
    }
}
