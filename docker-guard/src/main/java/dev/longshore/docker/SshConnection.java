package dev.longshore.docker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection and its ssh program: bytes go both ways until either side ends, and then both do. */
final class SshConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SshConnection.class);
    private static final int BUFFER = 1 << 16;
    private static final int LAST_WORDS = 2_000;
    private static final Duration LAST_MOMENT = Duration.ofSeconds(2);

    private final SshCommand command;
    private final SocketChannel socket;
    private final BiConsumer<SshConnection, Optional<DockerFailure>> ended;
    private final StringBuilder lastWords = new StringBuilder();
    private volatile @Nullable Process process;
    private volatile boolean hungUp;

    SshConnection(SshCommand command, SocketChannel socket, BiConsumer<SshConnection, Optional<DockerFailure>> ended) {
        this.command = command;
        this.socket = socket;
        this.ended = ended;
    }

    void start() {
        Daemons.thread("docker-ssh-in", this::run).start();
    }

    private void run() {
        Optional<DockerFailure> failure = Optional.empty();
        try {
            Process ssh = command.start();
            process = ssh;
            Thread out = Daemons.thread("docker-ssh-out", () -> send(ssh));
            Thread errors = Daemons.thread("docker-ssh-err", () -> listen(ssh.getErrorStream()));
            out.start();
            errors.start();
            try (InputStream in = ssh.getInputStream()) {
                receive(in);
            } finally {
                failure = end(ssh, errors);
            }
        } catch (IOException e) {
            LOG.debug("a connection over ssh ended", e);
            failure = failure.or(() -> process == null
                    ? Optional.of(new DockerFailure.EndpointUnusable(
                            command.endpoint().toString(), "ssh cannot be started: " + e, "see the program's log"))
                    : Optional.empty());
        } finally {
            // In this order: who reads the end of the stream asks what failed.
            ended.accept(this, failure);
            // The program too, should an Error have come before anything else that would end it.
            close();
        }
    }

    /** Ends the program, if it has not ended by itself, and says what it failed with. */
    private Optional<DockerFailure> end(Process ssh, Thread errors) {
        boolean interrupted = false;
        try {
            if (!hungUp && ssh.waitFor(LAST_MOMENT.toMillis(), TimeUnit.MILLISECONDS)) {
                errors.join(LAST_MOMENT.toMillis());
                return command.failure(ssh.exitValue(), lastWords());
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            ssh.destroy();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return Optional.empty();
    }

    /** Through the channel itself: its streams would hold a lock while they read, and keep the other way from writing. */
    private void receive(InputStream in) throws IOException {
        byte[] bytes = new byte[BUFFER];
        for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, read);
            while (buffer.hasRemaining()) {
                socket.write(buffer);
            }
        }
    }

    private void send(Process ssh) {
        try (OutputStream out = ssh.getOutputStream()) {
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
            while (socket.read(buffer) >= 0) {
                out.write(buffer.array(), 0, buffer.position());
                out.flush();
                buffer.clear();
            }
            hungUp = true;
        } catch (IOException e) {
            LOG.trace("one way of a connection over ssh ended", e);
        } finally {
            // The transport has hung up, or the program has ended: nothing is left to be said.
            if (hungUp) {
                ssh.destroy();
            }
        }
    }

    private void listen(InputStream errors) {
        byte[] buffer = new byte[1_024];
        try (errors) {
            for (int read = errors.read(buffer); read >= 0; read = errors.read(buffer)) {
                hear(new String(buffer, 0, read, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            LOG.trace("ssh's errors cannot be read any more", e);
        }
    }

    private void hear(String words) {
        synchronized (lastWords) {
            lastWords.append(words);
            lastWords.delete(0, Math.max(0, lastWords.length() - LAST_WORDS));
        }
    }

    private String lastWords() {
        synchronized (lastWords) {
            return lastWords.toString();
        }
    }

    @Override
    public void close() {
        hungUp = true;
        Process ssh = process;
        if (ssh != null) {
            ssh.destroy();
        }
        hangUp();
    }

    private void hangUp() {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("closing a connection over ssh failed", e);
        }
    }
}
