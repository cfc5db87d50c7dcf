package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With a stand-in for the ssh program that says again whatever it is told. */
@Timeout(60)
class SshRelayTest {
    @TempDir
    Path directory;

    private DockerSettings settings;
    private DockerEndpoint endpoint;

    @BeforeEach
    void makeProgram() throws IOException {
        Path program = Files.writeString(directory.resolve("ssh"), "#!/bin/sh\nexec cat\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        settings = DockerSettings.of("ssh-test")
                .withEnvironment(Map.of("PATH", directory + ":" + System.getenv("PATH")), directory)
                .withDockerHost("ssh://far.example");
        try (GuardedDocker guard = GuardedDocker.open(settings)) {
            endpoint = guard.endpoint();
        }
    }

    /** Starts connections, but the first few: for those it throws. */
    private static SshRelay.Start failingFor(int failures, Supplier<Throwable> thrown) {
        AtomicInteger calls = new AtomicInteger();
        return connection -> {
            if (calls.incrementAndGet() > failures) {
                connection.start();
                return;
            }
            Throwable failure = thrown.get();
            if (failure instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) failure;
        };
    }

    private static SocketChannel connect(SshRelay relay) throws IOException {
        return SocketChannel.open(
                UnixDomainSocketAddress.of(Path.of(relay.address().getPath())));
    }

    private static boolean isHungUp(SocketChannel client) throws IOException {
        return client.read(ByteBuffer.allocate(1)) < 0;
    }

    private static String echoed(SocketChannel client, String text) throws IOException {
        client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
        ByteBuffer answer = ByteBuffer.allocate(text.length());
        while (answer.hasRemaining() && client.read(answer) >= 0) {
            Thread.onSpinWait();
        }
        return new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aConnectionThatCannotBeBegunEndsAndTheNextOneWorks(boolean isError) throws IOException {
        Supplier<Throwable> thrown = () -> isError
                ? new OutOfMemoryError("unable to create native thread")
                : new IllegalStateException("unable to create native thread");
        try (SshRelay relay = SshRelay.open(endpoint, settings, failingFor(2, thrown))) {
            for (int i = 0; i < 2; i++) {
                try (SocketChannel client = connect(relay)) {
                    assertThat(isHungUp(client)).isTrue();
                }
            }
            try (SocketChannel client = connect(relay)) {
                assertThat(echoed(client, "ping")).isEqualTo("ping");
                assertThat(relay.lastFailure())
                        .hasValueSatisfying(
                                failure -> assertThat(failure.message()).contains("unable to create native thread"));
            }
        }
    }

    @Test
    void closingWhileConnectionsFailEndsAtOnceAndLeavesNothing() throws IOException {
        Path socket;
        try (SshRelay relay = SshRelay.open(
                endpoint, settings, failingFor(Integer.MAX_VALUE, () -> new OutOfMemoryError("no thread")))) {
            socket = Path.of(relay.address().getPath());
            try (SocketChannel client = connect(relay)) {
                assertThat(isHungUp(client)).isTrue();
            }
        }
        assertThat(socket).doesNotExist();
        assertThat(socket.getParent()).doesNotExist();
    }
}
