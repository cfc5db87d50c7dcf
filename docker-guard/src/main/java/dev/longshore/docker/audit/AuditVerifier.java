package dev.longshore.docker.audit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a log and tells what of it is not as it was written. The log may be written meanwhile: it is read as far as it went at the
 * beginning.
 */
public final class AuditVerifier {
    private static final Pattern NOTED = Pattern.compile("(\\d{1,18}):([0-9a-f]{64})");
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int LONGEST_LINE = 1 << 20;

    private final Optional<AuditKey> key;
    private final Optional<AuditHead> noted;

    /**
     * Prepares a verification.
     *
     * @param key the key that the log is chained with, if it is
     * @param noted an end of the log that was noted elsewhere, as {@link AuditLog#head} gives it
     * @throws AuditException {@code noted} is no such thing
     */
    public AuditVerifier(Optional<AuditKey> key, Optional<String> noted) {
        this.key = key;
        this.noted = noted.map(AuditVerifier::parse);
    }

    private static AuditHead parse(String text) {
        Matcher matcher = NOTED.matcher(text.strip());
        if (!matcher.matches()) {
            throw new AuditException(
                    "the head must be a number, a colon and 64 hexadecimal digits: " + text,
                    "longshore audit head DIR prints it");
        }
        return new AuditHead(Long.parseLong(matcher.group(1)), 0, 0, matcher.group(2));
    }

    /**
     * A whole log.
     *
     * @throws AuditException it cannot be read, is none, or needs a key
     */
    public AuditReport directory(Path path) {
        try (Snapshot snapshot = snapshot(path)) {
            ChainCheck check = new ChainCheck(new ChainHash(key));
            noted.ifPresent(check::expect);
            for (Part part : snapshot.parts) {
                check(check, part);
            }
            if (snapshot.head.isPresent()) {
                check.end(snapshot.head.get(), "audit.head");
            } else {
                check.headLost();
            }
            return check.report(snapshot.parts.stream().map(Part::name).toList(), true);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /**
     * These files alone, one after the other: what came before the first and after the last is not asked for.
     *
     * @throws AuditException one cannot be read, or needs a key
     */
    public AuditReport files(List<Path> files) {
        ChainCheck check = new ChainCheck(new ChainHash(key));
        noted.ifPresent(check::expect);
        for (Path file : files) {
            try (Part part = Part.open(file)) {
                check(check, part);
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }
        return check.report(files.stream().map(Path::toString).toList(), false);
    }

    private static AuditException unreadable(Path path, IOException e) {
        return new AuditException(
                "the audit log " + path + " cannot be read: " + e, "name a directory with an audit log", e);
    }

    /** A file as far as it went. */
    private record Part(String name, InputStream in, long length) implements Closeable {
        static Part open(Path file) throws IOException {
            InputStream in = Files.newInputStream(file);
            return new Part(file.getFileName().toString(), new BufferedInputStream(in, 1 << 16), Files.size(file));
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    /** All files of a log at one moment. Kept open: the oldest may be removed meanwhile, the newest renamed. */
    private static final class Snapshot implements Closeable {
        private final List<Part> parts = new ArrayList<>();
        private Optional<AuditHead> head = Optional.empty();

        @Override
        public void close() throws IOException {
            IOException failure = null;
            for (Part part : parts) {
                try {
                    part.close();
                } catch (IOException e) {
                    failure = e;
                }
            }
            if (failure != null) {
                throw failure;
            }
        }
    }

    private Snapshot snapshot(Path path) throws IOException {
        AuditDirectory directory = new AuditDirectory(path.toRealPath());
        if (!Files.isDirectory(directory.path())) {
            throw new IOException("it is no directory");
        }
        // A copy may be on a medium that cannot be written to: nobody writes to it then, and there is no lock to take.
        if (!Files.exists(directory.lock()) || !Files.isWritable(directory.lock())) {
            return take(directory);
        }
        try (DirectoryLock lock = new DirectoryLock(directory)) {
            return lock.holding(PATIENCE, () -> take(directory));
        }
    }

    private Snapshot take(AuditDirectory directory) throws IOException {
        Snapshot snapshot = new Snapshot();
        try {
            for (Path file : directory.fullFiles()) {
                snapshot.parts.add(Part.open(file));
            }
            if (Files.exists(directory.current())) {
                snapshot.parts.add(Part.open(directory.current()));
            } else if (snapshot.parts.isEmpty()) {
                throw new IOException("there is no audit log in it");
            }
            if (Files.exists(directory.head())) {
                try (InputStream in = Files.newInputStream(directory.head())) {
                    byte[] bytes = in.readNBytes(AuditHead.LENGTH + 1);
                    requireKey(new String(bytes, StandardCharsets.ISO_8859_1).contains(" hmac="));
                    snapshot.head = AuditHead.parse(bytes, new ChainHash(key));
                }
            }
            return snapshot;
        } catch (IOException | AuditException e) {
            snapshot.close();
            throw e;
        }
    }

    private void requireKey(boolean keyed) {
        if (keyed && key.isEmpty()) {
            throw new AuditException(
                    "the audit log is chained with a key", "name the file that holds it, with --audit-key FILE");
        }
    }

    private void check(ChainCheck check, Part part) throws IOException {
        check.begin(part.name());
        ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
        byte[] buffer = new byte[1 << 16];
        long left = part.length();
        while (left > 0) {
            int read = part.in().read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                break;
            }
            left -= read;
            int begin = 0;
            for (int i = 0; i < read; i++) {
                if (buffer[i] == '\n') {
                    append(line, buffer, begin, i);
                    tell(check, line.toByteArray());
                    line.reset();
                    begin = i + 1;
                }
            }
            append(line, buffer, begin, read);
        }
        if (line.size() > 0) {
            check.line(line.toByteArray(), false);
        }
    }

    private void tell(ChainCheck check, byte[] bytes) {
        if (key.isEmpty()) {
            requireKey(AuditLine.looksKeyed(bytes));
        }
        check.line(bytes, true);
    }

    /** What is longer than a line can be is none: the rest of it is not kept. */
    private static void append(ByteArrayOutputStream line, byte[] buffer, int from, int to) {
        line.write(buffer, from, Math.min(to - from, LONGEST_LINE - line.size()));
    }
}
