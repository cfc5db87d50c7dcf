package dev.longshore.filesystem;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.longshore.filesystem.ContentReader.Content;
import dev.longshore.step.Progress;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jgit.lib.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * Deals with what is in a directory, one name at a time: whether it counts, what it is, what is in it. What cannot be read
 * is reported and never ends the walk. Thread-safe.
 */
final class Entries {
    /** Ends a chain of directories nested to fill the memory with their names. */
    private static final int LONGEST_PATH = 16 << 10;

    private static final int LONGEST_IGNORE_FILE = 16 << 20;
    private static final int LONGEST_MENDED = 16 << 20;
    private static final int FILE_TYPE = 0170000;
    private static final Path GIT = Path.of(".git");
    private static final byte[] GIT_NAME = ".git".getBytes(US_ASCII);
    private static final Path GIT_IGNORE = Path.of(".gitignore");
    private static final Path OWN_IGNORE = Path.of(".longshoreignore");

    private final SourceScope scope;
    private final SourceGraph graph;
    private final Findings findings;
    private final Progress progress;
    private final Optional<Dirt> dirt;
    private final @Nullable Object excludeKey;
    private final AtomicLong found = new AtomicLong();

    Entries(SourceScope scope, SourceGraph graph, Findings findings, Progress progress, Optional<Dirt> dirt) {
        this.scope = scope;
        this.graph = graph;
        this.findings = findings;
        this.progress = progress;
        this.dirt = dirt;
        this.excludeKey = scope.exclude().map(Entries::keyOf).orElse(null);
    }

    private static @Nullable Object keyOf(Path directory) {
        try {
            return Files.readAttributes(directory, PosixFileAttributes.class).fileKey();
        } catch (IOException e) {
            return null; // not there yet: known by its path then
        }
    }

    /** Adds to the number of names found, and returns it. */
    long found(int more) {
        return found.addAndGet(more);
    }

    /**
     * The rules that hold in a directory, or null if it is not to be gone into.
     *
     * @param names what is in it, or the first of them
     * @param all whether {@code names} are all
     */
    @Nullable Rules enter(Folder folder, FolderHandle handle, ContentReader reader, List<Path> names, boolean all)
            throws IOException, InterruptedException {
        boolean inGit = scope.git().isPresent();
        if (inGit
                && folder.parent != null
                && folder.tracked.isEmpty()
                && has(names, all, GIT)
                && GitState.isRepository(scope.root().resolve(relative(folder)))) {
            findings.count("nestedRepositories");
            graph.closedDirectory(parentOf(folder), folder.path, Map.of("nestedRepository", true));
            return null;
        }
        Rules rules = folder.rules;
        if (scope.gitIgnores() && !folder.onlyTracked && has(names, all, GIT_IGNORE)) {
            rules = rules.withGit(
                    rulesIn(folder, handle, reader, GIT_IGNORE, scope.ignoreCase()), folder.childNameStart());
        }
        if (has(names, all, OWN_IGNORE)) {
            rules = rules.withOwn(rulesIn(folder, handle, reader, OWN_IGNORE, false), folder.childNameStart());
        }
        return rules;
    }

    /** In a directory with too many names to look through them all first, an ignore file is tried for. */
    private static boolean has(List<Path> names, boolean all, Path wanted) {
        if (!all) {
            return true;
        }
        for (Path name : names) {
            if (name.endsWith(wanted)) {
                return true;
            }
        }
        return false;
    }

    private IgnoreRules rulesIn(Folder folder, FolderHandle handle, ContentReader reader, Path name, boolean ignoreCase)
            throws InterruptedException {
        try {
            return attributes(handle, name).isRegularFile()
                    ? IgnoreRules.parse(reader.readSmall(handle.stream(), name, LONGEST_IGNORE_FILE), ignoreCase)
                    : IgnoreRules.NONE;
        } catch (NoSuchFileException e) {
            return IgnoreRules.NONE;
        } catch (ClosedByInterruptException e) {
            throw interrupted(e);
        } catch (IOException e) {
            findings.report("unreadable.ignoreFiles", display(folder.childPath(RawName.ofLast(name))), reason(e));
            return IgnoreRules.NONE;
        }
    }

    /** Deals with one name; returns the directory to visit if it is one. */
    @Nullable Folder deal(Folder folder, FolderHandle handle, Rules rules, Path entry, ContentReader reader)
            throws IOException, InterruptedException {
        progress.advance(1);
        byte[] name = RawName.ofLast(entry);
        if (Arrays.equals(name, GIT_NAME)) {
            return null;
        }
        byte[] path = folder.childPath(name);
        Path last = Objects.requireNonNull(entry.getFileName());
        PosixFileAttributes attributes;
        try {
            attributes = attributes(handle, last);
        } catch (NoSuchFileException e) {
            findings.report("vanished", display(path), "was there a moment ago");
            return null;
        } catch (IOException e) {
            findings.report("unreadable.entries", display(path), reason(e));
            return null;
        }
        if (attributes.isDirectory()) {
            return directory(folder, rules, entry, last, path, attributes);
        }
        int tracked = scope.tracked().find(path, folder.tracked);
        int nameStart = folder.childNameStart();
        if (tracked >= 0 && !attributes.isOther()) {
            seeTracked(folder, handle, rules, path, last, entry, attributes, reader, tracked);
            return null;
        }
        if (folder.onlyTracked
                || rules.ignoredByGit(path, nameStart, false)
                || rules.ignoredByUs(path, nameStart, false)) {
            findings.count("ignored");
        } else if (attributes.isOther()) {
            findings.count("skipped." + kind(entry));
        } else {
            include(folder, handle, path, last, entry, attributes, reader, -1);
        }
        return null;
    }

    private void seeTracked(
            Folder folder,
            FolderHandle handle,
            Rules rules,
            byte[] path,
            Path last,
            Path entry,
            PosixFileAttributes attributes,
            ContentReader reader,
            int tracked)
            throws IOException, InterruptedException {
        boolean ignored = rules.ignoredByUs(path, folder.childNameStart(), false);
        boolean compare = dirt.isPresent() && dirt.get().see(tracked, attributes) && !ignored;
        if (ignored) {
            findings.count("ignored");
        } else {
            include(folder, handle, path, last, entry, attributes, reader, compare ? tracked : -1);
        }
    }

    private @Nullable Folder directory(
            Folder folder, Rules rules, Path entry, Path last, byte[] path, PosixFileAttributes attributes)
            throws IOException {
        int nameStart = folder.childNameStart();
        TrackedFiles.Range below = scope.tracked().below(path, folder.tracked);
        int itself = scope.tracked().find(path, folder.tracked);
        boolean submodule = scope.tracked().isSubmodule(itself);
        boolean onlyTracked = folder.onlyTracked || (!submodule && rules.ignoredByGit(path, nameStart, true));
        if (isExcluded(entry, attributes)) {
            dirt.ifPresent(all -> all.passOver(below));
            return null;
        }
        if ((onlyTracked && below.isEmpty() && !submodule) || rules.ignoredByUs(path, nameStart, true)) {
            dirt.ifPresent(all -> all.passOver(below));
            findings.count("ignored");
            return null;
        }
        if (submodule) {
            findings.count("submodules");
            String commit = scope.tracked().entry(itself).getObjectId().name();
            graph.closedDirectory(folder, path, Map.of("submodule", true, "commit", commit));
            return null;
        }
        if (path.length - scope.start() > LONGEST_PATH) {
            findings.report("skipped.tooDeep", display(path).substring(0, 256) + "…", "a path of " + path.length);
            return null;
        }
        return new Folder(folder, last, path, rules, below, onlyTracked);
    }

    private boolean isExcluded(Path entry, PosixFileAttributes attributes) {
        return (excludeKey != null && excludeKey.equals(attributes.fileKey()))
                || (scope.exclude().isPresent() && scope.exclude().get().equals(entry));
    }

    /** @param compare the index entry to hold the content against, or -1 */
    private void include(
            Folder folder,
            FolderHandle handle,
            byte[] path,
            Path last,
            Path entry,
            PosixFileAttributes before,
            ContentReader reader,
            int compare)
            throws IOException, InterruptedException {
        if (before.isSymbolicLink()) {
            symlink(folder, path, entry, reader, compare);
            return;
        }
        Content content;
        boolean changed;
        try {
            content = reader.read(handle.stream(), last, before.size(), compare >= 0);
            PosixFileAttributes after = attributes(handle, last);
            changed = content.size() != before.size()
                    || after.size() != before.size()
                    || !after.lastModifiedTime().equals(before.lastModifiedTime())
                    || !Objects.equals(after.fileKey(), before.fileKey());
        } catch (ClosedByInterruptException e) {
            throw interrupted(e);
        } catch (NoSuchFileException e) {
            findings.report("vanished", display(path), "was there a moment ago");
            return;
        } catch (IOException e) {
            findings.report("unreadable.files", display(path), reason(e));
            graph.unreadableFile(folder, path, before.size());
            return;
        }
        if (changed) {
            findings.report("changed", display(path), "while it was read; the graph has what was read");
        }
        graph.file(folder, path, content);
        ObjectId blob = content.blob();
        if (blob != null && dirt.isPresent()) {
            dirt.get().compare(compare, blob, () -> mended(handle, last, reader));
        }
    }

    /** The blob as it would be with LF for CRLF; none that git has if the file cannot be read again. */
    private static ObjectId mended(FolderHandle handle, Path name, ContentReader reader) {
        try {
            byte[] content = reader.readSmall(handle.stream(), name, LONGEST_MENDED);
            return reader.blobOf(Dirt.withoutCarriageReturns(content));
        } catch (IOException e) {
            return ObjectId.zeroId();
        }
    }

    private void symlink(Folder folder, byte[] path, Path entry, ContentReader reader, int compare) throws IOException {
        byte[] target;
        try {
            // The platform reads a link by its whole path only.
            target = RawName.of(Files.readSymbolicLink(entry));
        } catch (NoSuchFileException e) {
            findings.report("vanished", display(path), "was there a moment ago");
            return;
        } catch (IOException e) {
            findings.report("unreadable.symlinks", display(path), reason(e));
            graph.symlink(folder, path, null);
            return;
        }
        graph.symlink(folder, path, target);
        if (compare >= 0 && dirt.isPresent()) {
            ObjectId blob = reader.blobOf(target);
            dirt.get().compare(compare, blob, () -> blob);
        }
    }

    /** A directory that cannot be opened, or not be read to its end. */
    void cannotOpen(Folder folder, IOException e) throws IOException {
        String path = display(folder.path);
        Folder parent = folder.parent;
        if (parent == null) {
            throw e; // without the root there is no source
        }
        if (e instanceof NoSuchFileException) {
            findings.report("vanished", path, "was there a moment ago");
            return;
        }
        findings.report("unreadable.directories", path, reason(e));
        dirt.ifPresent(all -> all.passOver(folder.tracked));
        Map<String, Object> unreadable = new HashMap<>();
        unreadable.put("unreadable", true);
        graph.closedDirectory(parent, folder.path, unreadable);
    }

    static InterruptedException interrupted(ClosedByInterruptException cause) {
        Thread.interrupted(); // said by the exception from here on
        InterruptedException e = new InterruptedException("interrupted while reading");
        e.initCause(cause);
        return e;
    }

    private static PosixFileAttributes attributes(FolderHandle handle, Path name) throws IOException {
        return handle.stream()
                .getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
    }

    /** What is neither file, directory nor link. */
    private static String kind(Path entry) {
        try {
            int mode = (Integer) Files.getAttribute(entry, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            return switch (mode & FILE_TYPE) {
                case 0140000 -> "socket";
                case 0010000 -> "fifo";
                case 0020000, 0060000 -> "device";
                default -> "other";
            };
        } catch (IOException e) {
            return "other";
        }
    }

    private Path relative(Folder folder) {
        Path path = folder.name;
        for (Folder at = folder.parent; at != null && at.parent != null; at = at.parent) {
            path = at.name.resolve(path);
        }
        return path;
    }

    private static Folder parentOf(Folder folder) {
        return Objects.requireNonNull(folder.parent);
    }

    private String display(byte[] path) {
        return RawName.display(path, Math.min(scope.start(), path.length), path.length);
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        return e.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }
}
