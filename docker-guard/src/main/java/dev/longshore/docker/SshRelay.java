package dev.longshore.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Unix socket, in a directory only this user may enter, each of whose connections is carried to a daemon on another host by an ssh
 * program of its own, as the docker program does it: {@code ssh HOST docker system dial-stdio}.
 */
final class SshRelay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SshRelay.class);
    private static final Duration THREAD_END = Duration.ofSeconds(5);
    private static final Duration AFTER_FAILURE = Duration.ofMillis(200);

    private final SshCommand command;
    private final Start start;
    private final Path directory;
    private final Path socket;
    private final ServerSocketChannel server;
    private final Set<SshConnection> connections = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();
    private final AtomicReference<@Nullable DockerFailure> lastFailure = new AtomicReference<>();
    private final Thread thread = Daemons.serving("docker-ssh", this::accept);

    /** Gives a connection a thread of its own; may fail for want of one. */
    interface Start {
        void start(SshConnection connection);
    }

    private SshRelay(SshCommand command, Start start) throws IOException {
        this.command = command;
        this.start = start;
        // Owner only: who reaches the socket reaches the daemon.
        this.directory = Files.createTempDirectory(
                "longshore-ssh-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        this.socket = directory.resolve("docker.sock");
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
    }

    static SshRelay open(DockerEndpoint endpoint, DockerSettings settings) {
        return open(endpoint, settings, SshConnection::start);
    }

    static SshRelay open(DockerEndpoint endpoint, DockerSettings settings, Start start) {
        SshCommand command = SshCommand.of(endpoint, settings);
        try {
            SshRelay relay = new SshRelay(command, start);
            relay.thread.start();
            return relay;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a socket for the connections over ssh", e);
        }
    }

    /** Where the transport connects to instead. */
    URI address() {
        return URI.create("unix://" + socket);
    }

    /** What the last connection that failed failed with; a connection that works clears it. */
    Optional<DockerFailure> lastFailure() {
        return Optional.ofNullable(lastFailure.get());
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                begin(server.accept());
            } catch (AsynchronousCloseException e) {
                LOG.trace("the relay was closed", e);
            } catch (ClosedChannelException e) {
                LOG.trace("the relay was closed already", e);
            } catch (IOException | RuntimeException | Error e) {
                // Such as no file or no thread to be had: that is over some time.
                lastFailure.set(new DockerFailure.Unknown("ssh", e.toString()));
                LOG.warn("a connection over ssh could not be begun", e);
                Pause.untilDone(closed, AFTER_FAILURE);
            }
        }
    }

    private void begin(SocketChannel accepted) {
        SshConnection connection = new SshConnection(command, accepted, this::ended);
        connections.add(connection);
        try {
            start.start(connection);
        } catch (RuntimeException | Error e) {
            connections.remove(connection);
            connection.close();
            throw e;
        }
        if (!server.isOpen()) {
            connection.close(); // it came while the relay was being closed
        }
    }

    private void ended(SshConnection connection, Optional<DockerFailure> failure) {
        lastFailure.set(failure.orElse(null));
        connections.remove(connection);
    }

    @Override
    public void close() {
        closed.complete(null);
        try {
            server.close();
            connections.forEach(SshConnection::close);
            Pause.untilEnded(thread, THREAD_END);
            Files.deleteIfExists(socket);
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            LOG.warn("{} could not be removed", directory, e);
        }
    }
}
