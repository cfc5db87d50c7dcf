package dev.longshore.docker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Unix sockets of this host that are bound to a path. A read-only mount does not keep anybody from connecting to one: whoever
 * serves it takes a container's user for the host's user of the same number.
 */
final class UnixSockets {
    private static final Logger LOG = LoggerFactory.getLogger(UnixSockets.class);
    private static final Path TABLE = Path.of("/proc/net/unix");
    /** Num RefCount Protocol Flags Type St Inode Path. */
    private static final int COLUMNS = 8;

    private UnixSockets() {}

    /** One in a directory or below, if there is any; those of other network namespaces are not seen. */
    static Optional<Path> below(Path directory) {
        return inTable(TABLE).stream()
                .map(UnixSockets::resolved)
                .filter(socket -> socket.startsWith(directory) && Files.exists(socket))
                .findFirst();
    }

    static List<Path> inTable(Path table) {
        List<Path> paths = new ArrayList<>();
        try {
            // Paths are bytes of any kind.
            for (String line : Files.readAllLines(table, StandardCharsets.ISO_8859_1)) {
                String[] columns = line.strip().split(" +", COLUMNS);
                if (columns.length == COLUMNS && columns[COLUMNS - 1].startsWith("/")) {
                    path(columns[COLUMNS - 1]).ifPresent(paths::add);
                }
            }
        } catch (IOException e) {
            LOG.debug("the kernel does not tell of Unix sockets", e);
        }
        return paths;
    }

    private static Optional<Path> path(String bytes) {
        try {
            return Optional.of(
                    Path.of(new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static Path resolved(Path socket) {
        try {
            return socket.toRealPath();
        } catch (IOException e) {
            return socket.normalize();
        }
    }
}
