package dev.longshore.filesystem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open directory, shared by those who work in it and closed by the last. What is opened through it is really in it,
 * whatever happens to the names on the way there, and however long the path is.
 */
final class FolderHandle {
    private final SecureDirectoryStream<Path> stream;
    private final AtomicInteger open;
    private int users = 1;

    private FolderHandle(DirectoryStream<Path> stream, Path path, AtomicInteger open) throws IOException {
        if (!(stream instanceof SecureDirectoryStream<Path> secure)) {
            stream.close();
            throw new IOException("the file system of " + path + " cannot open files relative to a directory (openat)");
        }
        this.stream = secure;
        this.open = open;
        open.incrementAndGet();
    }

    /**
     * Opens a directory by its path.
     *
     * @param open counts the directories that are open
     */
    @SuppressWarnings("StreamResourceLeak") // the handle closes it
    static FolderHandle open(Path path, AtomicInteger open) throws IOException {
        return new FolderHandle(Files.newDirectoryStream(path), path, open);
    }

    /** Opens a directory in this one; fails if it is a symbolic link. */
    @SuppressWarnings("StreamResourceLeak") // the handle closes it
    FolderHandle open(Path name) throws IOException {
        return new FolderHandle(stream.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS), name, open);
    }

    SecureDirectoryStream<Path> stream() {
        return stream;
    }

    synchronized FolderHandle retain() {
        if (users == 0) {
            throw new IllegalStateException("the directory is closed");
        }
        users++;
        return this;
    }

    synchronized void release() {
        if (--users == 0) {
            open.decrementAndGet();
            try {
                stream.close();
            } catch (IOException e) {
                throw new UncheckedIOException("closing a directory", e);
            }
        }
    }
}
