package dev.longshore.docker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Unix sockets of this host that are bound to a path. A read-only mount does not keep anybody from connecting to one: whoever
 * serves it takes a container's user for the host's user of the same number.
 *
 * <p>The kernel tells a socket's path as its program gave it. A relative one does not say where the socket is, so sockets of such
 * names are looked for among the files themselves.
 */
final class UnixSockets {
    private static final Logger LOG = LoggerFactory.getLogger(UnixSockets.class);
    private static final Path TABLE = Path.of("/proc/net/unix");
    /** Num RefCount Protocol Flags Type St Inode, and one blank before a path of any bytes. */
    private static final Pattern ROW = Pattern.compile("\\S+: \\S+ \\S+ \\S+ \\S+ \\S+ +\\d+ (.+)", Pattern.DOTALL);
    /** A few seconds' walk, and more than what is worth a graph. */
    private static final int MOST_FILES = 1_000_000;

    private static final int FILE_TYPE = 0170000;
    private static final int SOCKET = 0140000;

    private UnixSockets() {}

    /** What there is to say against a directory with a socket in it or below, if so; those of other network namespaces are not seen. */
    static Optional<String> below(Path directory) {
        return below(directory, inTable(TABLE), MOST_FILES);
    }

    static Optional<String> below(Path directory, List<Path> bound, int mostFiles) {
        Optional<Path> known = bound.stream()
                .filter(Path::isAbsolute)
                .map(UnixSockets::resolved)
                .filter(socket -> socket.startsWith(directory) && Files.exists(socket))
                .findFirst();
        if (known.isPresent()) {
            return known.map(UnixSockets::listens);
        }
        Set<Path> names = bound.stream()
                .filter(path -> !path.isAbsolute())
                .map(Path::getFileName)
                .collect(Collectors.toSet());
        return names.isEmpty() ? Optional.empty() : new Search(names, mostFiles).in(directory);
    }

    private static String listens(Path socket) {
        return "a program listens in it, on the socket " + socket;
    }

    /** The paths as they were bound, relative ones too. Abstract names, which begin with an at sign, are of no file. */
    static List<Path> inTable(Path table) {
        List<Path> paths = new ArrayList<>();
        try {
            // Paths are bytes of any kind.
            for (String line :
                    Files.readString(table, StandardCharsets.ISO_8859_1).split("\n", -1)) {
                Matcher row = ROW.matcher(line);
                if (row.matches() && !row.group(1).startsWith("@")) {
                    path(row.group(1)).ifPresent(paths::add);
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

    /** For the first socket with one of some names. Symbolic links are not followed: a container does not get what they lead to. */
    private static final class Search extends SimpleFileVisitor<Path> {
        private final Set<Path> names;
        private final int mostFiles;
        private int files;
        private @Nullable String found;

        Search(Set<Path> names, int mostFiles) {
            this.names = names;
            this.mostFiles = mostFiles;
        }

        Optional<String> in(Path directory) {
            try {
                Files.walkFileTree(directory, this);
            } catch (IOException e) {
                LOG.debug("{} cannot be searched", directory, e);
                return Optional.of("it cannot be searched for the sockets of programs");
            }
            return Optional.ofNullable(found);
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return counted();
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (attributes.isOther() && names.contains(file.getFileName()) && isSocket(file)) {
                found = listens(file);
                return FileVisitResult.TERMINATE;
            }
            return counted();
        }

        private static boolean isSocket(Path file) throws IOException {
            int mode = (Integer) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            return (mode & FILE_TYPE) == SOCKET;
        }

        private FileVisitResult counted() {
            if (++files <= mostFiles) {
                return FileVisitResult.CONTINUE;
            }
            found = "a program listens on a socket with a relative path, and there are more than " + mostFiles
                    + " files to look for it in";
            return FileVisitResult.TERMINATE;
        }

        /** Gone meanwhile, or not to be read by this user. */
        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            LOG.debug("{} cannot be searched for sockets", file, failure);
            return counted();
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) {
            if (failure != null) {
                LOG.debug("{} cannot be searched for sockets to its end", directory, failure);
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
