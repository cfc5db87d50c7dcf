package dev.longshore.worker;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A file that this process holds as long as it lives: the system lets go of it however the process ends, and so others see
 * whether it does.
 */
public final class HeldFile implements AutoCloseable {
    /** The system lets go of a file with the first of its channels that is closed: this process opens none that it holds. */
    private static final Set<Path> HELD = new HashSet<>();

    private final Path path;
    private final FileChannel channel;

    private HeldFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** A new file that nobody sees before it is held: another process takes one that is not for a dead process's. */
    public static HeldFile create(Path file) throws IOException {
        Path unseen = file.resolveSibling(file.getFileName() + ".new");
        FileChannel channel = FileChannel.open(unseen, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        synchronized (HELD) {
            if (!lock(channel)) {
                throw new IOException("the new file " + unseen + " is held by another process");
            }
            Files.move(unseen, file, StandardCopyOption.ATOMIC_MOVE);
            HELD.add(file);
        }
        return new HeldFile(file, channel);
    }

    /** The file, made if it is not there; empty if another holds it. */
    public static Optional<HeldFile> take(Path file) throws IOException {
        return open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** Takes over a file whose process is dead; empty if it lives, or there is no such file. */
    public static Optional<HeldFile> takeOver(Path file) throws IOException {
        try {
            return open(file, StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static Optional<HeldFile> open(Path file, OpenOption... options) throws IOException {
        synchronized (HELD) {
            if (HELD.contains(file)) {
                return Optional.empty();
            }
            FileChannel channel = FileChannel.open(file, options);
            if (!lock(channel)) {
                return Optional.empty();
            }
            HELD.add(file);
            return Optional.of(new HeldFile(file, channel));
        }
    }

    /** Whether the channel is locked; else it is closed. */
    private static boolean lock(FileChannel channel) throws IOException {
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return false; // this very process has it, by another path
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        return lock != null;
    }

    @Override
    public void close() throws IOException {
        synchronized (HELD) {
            HELD.remove(path);
            channel.close();
        }
    }
}
