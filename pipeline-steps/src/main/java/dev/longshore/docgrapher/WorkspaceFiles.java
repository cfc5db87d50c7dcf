package dev.longshore.docgrapher;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.Optional;
import java.util.Set;

/**
 * Reads files below the workspace's root. No symbolic link on the way is followed, not even one that takes a directory's
 * place while the step runs: each directory is opened from the one above. Safe for use by many threads.
 */
final class WorkspaceFiles implements Closeable {
    private static final Set<java.nio.file.OpenOption> READ =
            Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

    private final Path root;
    private final DirectoryStream<Path> rootStream;

    @SuppressWarnings("StreamResourceLeak") // close() closes it
    WorkspaceFiles(Path root) throws IOException {
        this.root = root;
        this.rootStream = Files.newDirectoryStream(root);
    }

    /**
     * The bytes of a file, or empty if there are more than the limit.
     *
     * @param path from the root, with {@code /}
     * @param limit bytes; a file with more is not read
     * @throws IOException the file is not there, is no regular file, or cannot be read
     */
    Optional<byte[]> read(String path, long limit) throws IOException {
        if (rootStream instanceof SecureDirectoryStream<Path> secure) {
            return read(secure, path, limit);
        }
        Path file = root;
        for (String name : path.split("/", -1)) {
            file = file.resolve(name);
            if (Files.isSymbolicLink(file)) {
                throw new FileSystemException(path, null, "a symbolic link stands in its way");
            }
        }
        requireRegular(Files.getFileAttributeView(file, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS), path);
        try (SeekableByteChannel channel = Files.newByteChannel(file, READ)) {
            return readAll(channel, limit);
        }
    }

    private Optional<byte[]> read(SecureDirectoryStream<Path> top, String path, long limit) throws IOException {
        SecureDirectoryStream<Path> directory = top;
        try {
            int from = 0;
            for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', from)) {
                SecureDirectoryStream<Path> below =
                        directory.newDirectoryStream(name(path, from, slash), LinkOption.NOFOLLOW_LINKS);
                // However deep the file lies, two directories are open at most.
                if (directory != top) {
                    directory.close();
                }
                directory = below;
                from = slash + 1;
            }
            Path name = name(path, from, path.length());
            // A pipe would block the open.
            requireRegular(
                    directory.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS),
                    path);
            try (SeekableByteChannel channel = directory.newByteChannel(name, READ)) {
                return readAll(channel, limit);
            }
        } finally {
            if (directory != top) {
                directory.close();
            }
        }
    }

    private Path name(String path, int from, int to) {
        return root.getFileSystem().getPath(path.substring(from, to));
    }

    private static void requireRegular(BasicFileAttributeView view, String path) throws IOException {
        if (!view.readAttributes().isRegularFile()) {
            throw new FileSystemException(path, null, "no longer a regular file");
        }
    }

    private static Optional<byte[]> readAll(SeekableByteChannel channel, long limit) throws IOException {
        long size = channel.size();
        if (size > limit) {
            return Optional.empty();
        }
        ByteBuffer buffer = ByteBuffer.allocate((int) size);
        while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
            // Until all is read, or the file turns out to have become shorter.
        }
        byte[] bytes = buffer.array();
        return Optional.of(
                buffer.position() == bytes.length ? bytes : java.util.Arrays.copyOf(bytes, buffer.position()));
    }

    @Override
    public void close() throws IOException {
        rootStream.close();
    }
}
