package dev.longshore.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases as locked files of one directory. The kernel lets go of a lock however its process ends, so nothing has to be renewed and
 * no clock is trusted. Processes in containers of one host share leases by sharing the directory, whatever their process numbers.
 *
 * <p>A lease names its directory, by an id that is made with it: of a lease from another directory nothing is known here. A file
 * whose holder is dead gets the time of that discovery as its content, so that a grace counts from there for everybody.
 */
public final class DirectoryLeases implements Leases, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryLeases.class);

    private static final Pattern FORM = Pattern.compile("dir:([0-9a-z]{1,13}):([0-9a-z]{1,13})");
    private static final Pattern TIME = Pattern.compile("[0-9]{1,15}");
    private static final String IDENTITY = "identity";
    private static final String SUFFIX = ".lease";
    /** What is left of a dead holder's objects by then has been seen by many sweeps; without its file the lease is as over. */
    private static final Duration FORGOTTEN = Duration.ofDays(7);

    /** The kernel lets go of a lock with the first of its file's channels that is closed: this process opens none that it holds. */
    private static final Set<Path> HELD = new HashSet<>();

    private final Path directory;
    private final String identity;
    private final String holder;
    private final Path file;
    private final FileChannel channel;

    private DirectoryLeases(Path directory, String identity, String holder, Path file, FileChannel channel) {
        this.directory = directory;
        this.identity = identity;
        this.holder = holder;
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes a lease. Close it when everything that was made under it is gone.
     *
     * @param parent an existing directory that nobody else can write to; {@code leases} is made in it
     */
    public static DirectoryLeases take(Path parent) throws IOException {
        Path directory = parent.toRealPath().resolve("leases");
        try {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            LOG.trace("{} is there already", directory);
        }
        String identity = identity(directory);
        String holder = random();
        Path file = directory.resolve(holder + SUFFIX);
        DirectoryLeases leases = new DirectoryLeases(directory, identity, holder, file, create(file));
        leases.forgetOld();
        return leases;
    }

    /** Locked before anybody can see it: one that is not would be a dead holder's. */
    private static FileChannel create(Path file) throws IOException {
        Path unseen = file.resolveSibling(file.getFileName() + ".new");
        FileChannel channel = FileChannel.open(unseen, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        synchronized (HELD) {
            if (channel.tryLock() == null) {
                channel.close();
                throw new IOException("the new file " + unseen + " is locked by another process");
            }
            Files.move(unseen, file, StandardCopyOption.ATOMIC_MOVE);
            HELD.add(file);
        }
        return channel;
    }

    private static String identity(Path directory) throws IOException {
        Path file = directory.resolve(IDENTITY);
        if (Files.notExists(file)) {
            Path whole = Files.createTempFile(directory, ".", ".new");
            try {
                Files.writeString(whole, random());
                // Of several that do so at once the first wins.
                Files.createLink(file, whole);
            } catch (FileAlreadyExistsException e) {
                LOG.trace("another process made {}", file);
            } finally {
                Files.deleteIfExists(whole);
            }
        }
        return Files.readString(file).strip();
    }

    private static String random() {
        return Long.toString(UUID.randomUUID().getMostSignificantBits() >>> 1, 36);
    }

    @Override
    public String own() {
        return "dir:" + identity + ":" + holder;
    }

    @Override
    public Standing standing(String lease) {
        if (lease.equals(own())) {
            return new Held();
        }
        Matcher id = FORM.matcher(lease);
        if (!id.matches()) {
            // A program of the same owner that has no use for a directory, such as one that only looks whether all is
            // well.
            return Leases.ofProcess().standing(lease);
        }
        if (!id.group(1).equals(identity)) {
            return new Unknown();
        }
        if (Files.notExists(file)) {
            // Somebody emptied the directory: that others' files are gone says nothing about them.
            LOG.warn("the lease {} is gone from under this process; others' cannot be judged", file);
            return new Unknown();
        }
        try {
            return standing(directory.resolve(id.group(2) + SUFFIX));
        } catch (IOException e) {
            // A directory that cannot be read, or a file system without locks: nothing is known then.
            LOG.warn("cannot see whether the lease {} is held: {}", lease, e.toString());
            return new Unknown();
        }
    }

    private static Standing standing(Path file) throws IOException {
        synchronized (HELD) {
            if (HELD.contains(file)) {
                return new Held();
            }
            try (FileChannel open = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                try (FileLock lock = open.tryLock()) {
                    return lock == null ? new Held() : new Over(Optional.of(noticed(open)));
                } catch (OverlappingFileLockException e) {
                    return new Held(); // this very process has it, by another path
                }
            } catch (NoSuchFileException e) {
                return new Over(Optional.empty()); // closed in good order, or long dead
            }
        }
    }

    /** When it was first seen that the holder is dead: now, if nobody has noted it. */
    private static Instant noticed(FileChannel open) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(32);
        int length = open.read(bytes, 0);
        String text = length <= 0 ? "" : new String(bytes.array(), 0, length, StandardCharsets.US_ASCII).strip();
        if (TIME.matcher(text).matches()) {
            return Instant.ofEpochMilli(Long.parseLong(text));
        }
        Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
        open.truncate(0);
        open.write(ByteBuffer.wrap(Long.toString(now.toEpochMilli()).getBytes(StandardCharsets.US_ASCII)), 0);
        return now;
    }

    private void forgetOld() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path other : files) {
                if (!other.equals(file) && isForgotten(standing(other))) {
                    Files.deleteIfExists(other);
                }
            }
        } catch (IOException e) {
            LOG.warn("cannot remove old leases from {}", directory, e);
        }
    }

    private static boolean isForgotten(Standing standing) {
        return standing instanceof Over over
                && over.since()
                        .filter(since -> since.isBefore(Instant.now().minus(FORGOTTEN)))
                        .isPresent();
    }

    @Override
    public void close() {
        synchronized (HELD) {
            if (!HELD.remove(file)) {
                return;
            }
            try (channel) {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot give up the lease " + file, e);
            }
        }
    }
}
