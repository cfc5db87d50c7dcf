package dev.longshore.docker.audit;

import java.io.File;
import java.io.FileDescriptor;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Appends lines to the log of a directory, whoever else does at the same time. Each line is a turn with the lock: look whether the
 * files are as the head says (else {@link Recovery}), write the line, write the head. Nothing of a line that could not be written
 * whole stays. Files are written through streams, not channels: an interrupt would close those.
 */
final class ChainWriter implements AutoCloseable {
    private final AuditSettings settings;
    private final AuditDirectory directory;
    private final ChainHash chain;
    private final Clock clock;
    private final DirectoryLock lock;
    private @Nullable RandomAccessFile current;
    private @Nullable Object currentKey;
    private @Nullable RandomAccessFile headFile;
    private @Nullable Object headKey;
    private boolean closed;

    ChainWriter(AuditSettings settings, AuditDirectory directory, Clock clock) throws IOException {
        this.settings = settings;
        this.directory = directory;
        this.chain = new ChainHash(settings.key());
        this.clock = clock;
        this.lock = new DirectoryLock(directory);
    }

    /** Writes all of these or, when it throws, perhaps only the first of them; each is whole or not there. */
    AuditHead append(Duration patience, List<AuditEntry> entries) throws IOException {
        return lock.holding(patience, () -> {
            requireOpen();
            AuditHead head = agreed();
            for (AuditEntry entry : entries) {
                head = write(head, entry);
            }
            return head;
        });
    }

    /** Where the log ends. */
    AuditHead head(Duration patience) throws IOException {
        return lock.holding(patience, () -> {
            requireOpen();
            return agreed();
        });
    }

    /** Brings what has been written to the disk. What is written meanwhile does not wait for that. */
    void sync(Duration patience) throws IOException {
        Optional<RandomAccessFile> open = lock.holding(patience, () -> Optional.ofNullable(current));
        if (open.isEmpty()) {
            return;
        }
        FileDescriptor file = open.get().getFD();
        try {
            file.sync();
        } catch (IOException e) {
            // One that was full meanwhile was synced before it was closed.
            if (file.valid()) {
                throw e;
            }
        }
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("the audit log is closed");
        }
    }

    /** The head, and the current file as it says. */
    private AuditHead agreed() throws IOException {
        BasicFileAttributes attributes = attributes(directory.current());
        Optional<AuditHead> known = readHead();
        if (known.isPresent()
                && attributes != null
                && attributes.size() == known.get().size()
                && Objects.equals(attributes.fileKey(), currentKey)) {
            return known.get();
        }
        reopen();
        if (known.isPresent()
                && known.get().size() == Objects.requireNonNull(current).length()
                && begins(known.get())) {
            return known.get();
        }
        Recovery recovery = new Recovery(directory, chain, Objects.requireNonNull(current), settings.fileBytes());
        AuditHead head = recovery.from(known);
        return recovery.remark().isPresent() ? write(head, recovery.remark().get()) : head;
    }

    /** Whether the current file is the one that the head is about. */
    private boolean begins(AuditHead head) throws IOException {
        return head.size() == 0
                || Recovery.firstLine(Objects.requireNonNull(current), settings.fileBytes())
                        .map(line -> line.seq() == head.first())
                        .orElse(false);
    }

    private Optional<AuditHead> readHead() throws IOException {
        BasicFileAttributes attributes = attributes(directory.head());
        if (headFile == null || attributes == null || !Objects.equals(attributes.fileKey(), headKey)) {
            close(headFile);
            headFile = null;
            headFile = open(directory.head());
            headKey = Files.readAttributes(directory.head(), BasicFileAttributes.class)
                    .fileKey();
        }
        byte[] bytes = new byte[AuditHead.LENGTH];
        headFile.seek(0);
        int read = 0;
        for (int more = 0; read < bytes.length && more >= 0; read += Math.max(0, more)) {
            more = headFile.read(bytes, read, bytes.length - read);
        }
        return read == bytes.length ? AuditHead.parse(bytes, chain) : Optional.empty();
    }

    private AuditHead write(AuditHead before, AuditEntry entry) throws IOException {
        String time = clock.instant().truncatedTo(ChronoUnit.MICROS).toString();
        AuditLine.Written line =
                AuditLine.write(chain, before.seq() + 1, time, settings.process(), entry.fields(), before.hash());
        boolean full = before.size() > 0 && before.size() + line.bytes().length > settings.fileBytes();
        AuditHead from = full ? turnOver(before) : before;
        AuditHead after = put(from, line);
        return full ? expire(after) : after;
    }

    private AuditHead put(AuditHead before, AuditLine.Written line) throws IOException {
        RandomAccessFile file = Objects.requireNonNull(current);
        AuditHead after = before.after(line);
        try {
            file.seek(before.size());
            file.write(line.bytes());
            RandomAccessFile heads = Objects.requireNonNull(headFile);
            heads.seek(0);
            heads.write(after.write(chain));
        } catch (IOException e) {
            try {
                file.setLength(before.size());
            } catch (IOException again) {
                e.addSuppressed(again); // the next writer finds half a line, and cuts it off
            }
            throw e;
        }
        return after;
    }

    /** The current file gets its name for good, and an empty one takes its place. The chain goes on over both. */
    private AuditHead turnOver(AuditHead head) throws IOException {
        Objects.requireNonNull(current).getFD().sync();
        Path full = directory.full(head.first());
        if (Files.exists(full)) {
            throw new IOException(full + " is there already");
        }
        Files.move(directory.current(), full, StandardCopyOption.ATOMIC_MOVE);
        reopen();
        return new AuditHead(head.seq(), head.seq() + 1, 0, head.hash());
    }

    /** Removes the oldest files that are too many; that they were is in the log before they are gone. */
    private AuditHead expire(AuditHead begin) throws IOException {
        AuditHead head = begin;
        if (settings.keep() == 0) {
            return head;
        }
        List<Path> files = directory.fullFiles();
        for (int i = 0; i < files.size() - settings.keep(); i++) {
            Optional<AuditLine> next = Recovery.firstLine(files.get(i + 1), settings.fileBytes());
            if (next.isPresent()) {
                AuditEntry entry = AuditEntry.of(AuditEntry.Event.EXPIRED)
                        .put("file", files.get(i).getFileName().toString())
                        .put("through", next.get().seq() - 1)
                        .put("end", next.get().prev());
                head = put(
                        head,
                        AuditLine.write(
                                chain,
                                head.seq() + 1,
                                clock.instant().truncatedTo(ChronoUnit.MICROS).toString(),
                                settings.process(),
                                entry.fields(),
                                head.hash()));
            }
            Files.deleteIfExists(files.get(i));
        }
        return head;
    }

    private void reopen() throws IOException {
        close(current);
        currentKey = null; // if the next fails, this one is not to be taken for open
        current = open(directory.current());
        currentKey = Files.readAttributes(directory.current(), BasicFileAttributes.class)
                .fileKey();
    }

    private static RandomAccessFile open(Path file) throws IOException {
        File found = file.toFile();
        if (!found.exists()) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        try {
            return new RandomAccessFile(found, "rw");
        } catch (FileNotFoundException e) {
            throw new IOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    private static @Nullable BasicFileAttributes attributes(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static void close(@Nullable RandomAccessFile file) throws IOException {
        if (file != null) {
            file.close();
        }
    }

    @Override
    public void close() throws IOException {
        lock.holding(Duration.ofSeconds(2), () -> {
            closed = true;
            close(current);
            close(headFile);
            return true;
        });
        lock.close();
    }
}
