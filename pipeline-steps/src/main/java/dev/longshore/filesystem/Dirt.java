package dev.longshore.filesystem;

import java.io.ByteArrayOutputStream;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;

/**
 * Finds out, along the walk, whether tracked files differ from git's index, as {@code git describe --dirty} would: by
 * size and time first, by content only where these differ. Submodules and untracked files do not count. Thread-safe.
 */
final class Dirt {
    private final GitState git;
    private final AtomicLong missing;
    private volatile boolean found;

    /** @param tracked what git tracks in the source */
    Dirt(GitState git, TrackedFiles.Range tracked) {
        this.git = git;
        this.missing = new AtomicLong(expected(tracked));
        this.found = git.staged();
    }

    /** The files of this range were not looked at. */
    void passOver(TrackedFiles.Range range) {
        missing.addAndGet(-expected(range));
    }

    /**
     * A tracked file or symbolic link is there. Returns whether its content is needed, for {@link #compare}.
     *
     * @param index its entry
     */
    boolean see(int index, PosixFileAttributes attributes) {
        DirCacheEntry entry = git.tracked().entry(index);
        if (!isExpected(entry)) {
            return false;
        }
        missing.decrementAndGet();
        if (found || entry.isAssumeValid()) {
            return false;
        }
        boolean link = FileMode.SYMLINK.equals(entry.getRawMode());
        if (link != attributes.isSymbolicLink() || (!link && git.fileMode() && changedMode(entry, attributes))) {
            found = true;
            return false;
        }
        Instant modified = attributes.lastModifiedTime().toInstant();
        boolean same = (int) attributes.size() == entry.getLength()
                && isSameTime(modified, entry.getLastModifiedInstant())
                && modified.isBefore(git.indexWritten());
        return !same;
    }

    /** Holds content against the index. {@code mended} gives the blob with LF for CRLF, and is asked only where needed. */
    void compare(int index, ObjectId blob, Supplier<ObjectId> mended) {
        ObjectId wanted = git.tracked().entry(index).getObjectId();
        // Where git converts line ends, the file has others than the blob; that is no change.
        if (!wanted.equals(blob) && !wanted.equals(mended.get())) {
            found = true;
        }
    }

    boolean isDirty() {
        return found || missing.get() > 0;
    }

    /** {@code content} with every CRLF made LF. */
    static byte[] withoutCarriageReturns(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length);
        for (int i = 0; i < content.length; i++) {
            if (content[i] != '\r' || i + 1 == content.length || content[i + 1] != '\n') {
                out.write(content[i]);
            }
        }
        return out.toByteArray();
    }

    private static boolean changedMode(DirCacheEntry entry, PosixFileAttributes attributes) {
        boolean executable = attributes.permissions().contains(PosixFilePermission.OWNER_EXECUTE);
        return executable != FileMode.EXECUTABLE_FILE.equals(entry.getRawMode());
    }

    /** Not every git writes the fractions of a second. */
    private static boolean isSameTime(Instant file, Instant index) {
        return index.getNano() == 0 ? file.getEpochSecond() == index.getEpochSecond() : file.equals(index);
    }

    private long expected(TrackedFiles.Range range) {
        long count = 0;
        for (int i = range.from(); i < range.to(); i++) {
            count += isExpected(git.tracked().entry(i)) ? 1 : 0;
        }
        return count;
    }

    private static boolean isExpected(DirCacheEntry entry) {
        return !FileMode.GITLINK.equals(entry.getRawMode()) && !entry.isSkipWorkTree();
    }
}
