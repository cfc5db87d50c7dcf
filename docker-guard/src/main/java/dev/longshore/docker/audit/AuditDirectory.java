package dev.longshore.docker.audit;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/** The names of a log's files. */
record AuditDirectory(Path path) {
    static final String CURRENT = "audit.jsonl";

    private static final Pattern FULL = Pattern.compile("audit-\\d{19}\\.jsonl");
    /** One for each directory of this process: the system's locks are between processes only. */
    private static final Map<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

    static AuditDirectory create(Path path) throws IOException {
        Files.createDirectories(
                path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return new AuditDirectory(path.toRealPath());
    }

    /** Lines are appended to it. */
    Path current() {
        return path.resolve(CURRENT);
    }

    /** A full file, named by the number of its first line so that names sort as the lines do. */
    Path full(long first) {
        return path.resolve(String.format(Locale.ROOT, "audit-%019d.jsonl", first));
    }

    Path head() {
        return path.resolve("audit.head");
    }

    Path lock() {
        return path.resolve("audit.lock");
    }

    ReentrantLock processLock() {
        return LOCKS.computeIfAbsent(path, key -> new ReentrantLock());
    }

    /** The full files, oldest first. */
    List<Path> fullFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> names = Files.newDirectoryStream(path)) {
            for (Path file : names) {
                if (FULL.matcher(file.getFileName().toString()).matches()) {
                    files.add(file);
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        Collections.sort(files);
        return files;
    }
}
