package dev.longshore.filesystem;

import java.util.Arrays;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.FileMode;

/**
 * What git's index holds, in the order of the paths' bytes, so that all that lies below a directory is one range.
 * Immutable.
 */
final class TrackedFiles {
    static final TrackedFiles NONE = new TrackedFiles(new DirCacheEntry[0]);

    /** A part of the index: entries {@code from} (inclusive) to {@code to} (exclusive). */
    record Range(int from, int to) {
        boolean isEmpty() {
            return from >= to;
        }
    }

    private final DirCacheEntry[] entries;

    private TrackedFiles(DirCacheEntry[] entries) {
        this.entries = entries;
    }

    static TrackedFiles of(DirCache index) {
        DirCacheEntry[] entries = new DirCacheEntry[index.getEntryCount()];
        int count = 0;
        for (int i = 0; i < entries.length; i++) {
            DirCacheEntry entry = index.getEntry(i);
            // A path in conflict is there once per side.
            if (count == 0 || !Arrays.equals(entries[count - 1].getRawPath(), entry.getRawPath())) {
                entries[count++] = entry;
            }
        }
        return new TrackedFiles(Arrays.copyOf(entries, count));
    }

    DirCacheEntry entry(int index) {
        return entries[index];
    }

    Range all() {
        return new Range(0, entries.length);
    }

    /** What lies below a directory, {@code within} what lies below its parent. */
    Range below(byte[] directory, Range within) {
        if (within.isEmpty() || directory.length == 0) {
            return within;
        }
        byte[] first = Arrays.copyOf(directory, directory.length + 1);
        first[directory.length] = '/';
        int from = firstAtLeast(first, within);
        first[directory.length] = '/' + 1;
        return new Range(from, firstAtLeast(first, new Range(from, within.to)));
    }

    /** The entry of exactly this path, or -1. */
    int find(byte[] path, Range within) {
        int index = firstAtLeast(path, within);
        return index < within.to && Arrays.equals(entries[index].getRawPath(), path) ? index : -1;
    }

    boolean isSubmodule(int index) {
        return index >= 0 && FileMode.GITLINK.equals(entries[index].getRawMode());
    }

    private int firstAtLeast(byte[] path, Range within) {
        int low = within.from;
        int high = within.to;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Arrays.compareUnsigned(entries[middle].getRawPath(), path) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
