package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * What this process holds on to.
 *
 * @param threads threads the guard started and that still live
 * @param descriptors open file descriptors that are no files: sockets, pipes, notifications
 * @param programs programs it started that still run
 */
record Leaks(long threads, long descriptors, long programs) {
    static {
        // From its first socket on the JVM keeps one descriptor for itself, which nobody leaked.
        try {
            SocketChannel.open(StandardProtocolFamily.UNIX).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Leaks now() throws IOException {
        long threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("longshore-docker"))
                .count();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return new Leaks(
                    threads,
                    descriptors.filter(Leaks::isNoFile).count(),
                    ProcessHandle.current().descendants().count());
        }
    }

    /** Ends of threads and of connections take a moment; within 10 s there must be no more than before. */
    static void assertReleased(Leaks before) throws IOException, InterruptedException {
        Waiting.until(Duration.ofSeconds(10), () -> {
            Leaks now = now();
            return now.threads <= before.threads
                    && now.descriptors <= before.descriptors
                    && now.programs <= before.programs;
        });
        Leaks now = now();
        assertThat(now.threads).as("threads").isLessThanOrEqualTo(before.threads);
        assertThat(now.descriptors).as("descriptors").isLessThanOrEqualTo(before.descriptors);
        assertThat(now.programs).as("programs").isLessThanOrEqualTo(before.programs);
    }

    private static boolean isNoFile(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().matches("(socket|pipe|anon_inode):.*");
        } catch (IOException e) {
            // Closed meanwhile, such as the one that listed the directory.
            return false;
        }
    }
}
