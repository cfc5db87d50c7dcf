package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketsTest {
    private static final int MANY = 1000;

    @TempDir
    Path directory;

    private static void socket(Path path) throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
        }
    }

    @Test
    void relativePathsAreReadAndThoseOfNoFileAreNot() throws IOException {
        Path table = directory.resolve("table");
        Files.writeString(table, """
                Num       RefCount Protocol Flags    Type St Inode Path
                0000000000000000: 00000002 00000000 00010000 0001 01 18290 /run/a b
                0000000000000000: 00000002 00000000 00010000 0001 01     7 x/agent.sock
                0000000000000000: 00000002 00000000 00010000 0001 01 18292 plain
                0000000000000000: 00000002 00000000 00010000 0001 01 18293 @abstract
                0000000000000000: 00000003 00000000 00000000 0001 03 18294
                """);

        assertThat(UnixSockets.inTable(table))
                .containsExactly(Path.of("/run/a b"), Path.of("x/agent.sock"), Path.of("plain"));
        assertThat(UnixSockets.inTable(directory.resolve("none"))).isEmpty();
    }

    @Test
    void aRelativeNameMeansTheSocketsOfThatNameAlone() throws IOException {
        Path source = Files.createDirectories(directory.resolve("source"));
        Path deep = Files.createDirectories(source.resolve("deep"));
        Path other = Files.createDirectories(directory.resolve("other"));
        socket(deep.resolve("left-over"));
        socket(other.resolve("agent"));
        Files.createFile(source.resolve("agent"));
        Files.createSymbolicLink(source.resolve("link"), other);

        assertThat(UnixSockets.below(source, List.of(Path.of("x/agent")), MANY))
                .as("a file of that name, and a socket that a link leads to")
                .isEmpty();
        assertThat(UnixSockets.below(source, List.of(Path.of("../left-over")), MANY))
                .hasValueSatisfying(text -> assertThat(text).endsWith("deep/left-over"));
    }

    @Test
    void whatIsTooLargeToSearchIsNotTakenForFree() throws IOException {
        for (int i = 0; i < 10; i++) {
            Files.createFile(directory.resolve("file" + i));
        }

        assertThat(UnixSockets.below(directory, List.of(Path.of("agent")), 5))
                .hasValueSatisfying(text -> assertThat(text).contains("more than 5 files"));
        assertThat(UnixSockets.below(directory, List.of(Path.of("agent")), 11)).isEmpty();
        assertThat(UnixSockets.below(directory, List.of(Path.of("/run/agent")), 5))
                .as("nothing to search for")
                .isEmpty();
    }
}
