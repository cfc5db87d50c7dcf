package dev.longshore.filesystem;

import dev.longshore.step.Progress;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the directories of a source, on several threads; {@link Entries} deals with what is in them.
 *
 * <p>A directory is opened through the one it lies in, and its files through it, never by a path from the root: so no name
 * that somebody makes a symbolic link meanwhile leads out of the source, and no path is too long.
 */
final class SourceWalk {
    /** How many names of a directory are held at once; most directories have fewer. */
    private static final int LISTED_AT_ONCE = 2048;

    /** Names that are one task. */
    private static final int BATCH = 16;
    /** Directories kept open for those in them that wait; beyond, these are found again from the root. */
    private static final int OPEN_DIRECTORIES = 128;

    private final SourceScope scope;
    private final Entries entries;
    private final Progress progress;
    private final WorkQueue queue;
    private final AtomicInteger open = new AtomicInteger();

    SourceWalk(SourceScope scope, Entries entries, Progress progress, int threads) {
        this.scope = scope;
        this.entries = entries;
        this.progress = progress;
        this.queue = new WorkQueue(threads);
    }

    /** Returns when all is in the graph. */
    void run() throws IOException, InterruptedException {
        FolderHandle root = FolderHandle.open(scope.root(), open);
        try {
            queue.run(new Visit(scope.rootFolder(), root.retain()));
        } finally {
            root.release();
        }
    }

    /** Lists a directory and deals with what is in it. */
    private final class Visit implements WorkQueue.Task {
        private final Folder folder;
        /** The directory that this one lies in, the root for the root itself; null if it was not kept open. */
        private @Nullable FolderHandle from;

        Visit(Folder folder, @Nullable FolderHandle from) {
            this.folder = folder;
            this.from = from;
        }

        @Override
        public void run(ContentReader reader) throws IOException, InterruptedException {
            FolderHandle handle;
            try {
                handle = openFolder(folder, from);
            } catch (ClosedByInterruptException e) {
                throw Entries.interrupted(e);
            } catch (IOException e) {
                entries.cannotOpen(folder, e);
                return;
            } finally {
                discard();
            }
            try {
                list(handle, reader);
            } finally {
                handle.release();
            }
        }

        private void list(FolderHandle handle, ContentReader reader) throws IOException, InterruptedException {
            Iterator<Path> names = handle.stream().iterator();
            List<Path> listed = take(names);
            Rules rules = entries.enter(folder, handle, reader, listed, listed.size() < LISTED_AT_ONCE);
            if (rules == null) {
                return;
            }
            while (!listed.isEmpty()) {
                progress.total(entries.found(listed.size()));
                for (int i = 0; i < listed.size(); i += BATCH) {
                    List<Path> batch = listed.subList(i, Math.min(i + BATCH, listed.size()));
                    if (i + BATCH < listed.size() && queue.isHungry()) {
                        queue.add(new Batch(folder, handle.retain(), rules, batch));
                    } else {
                        each(folder, handle, rules, batch, reader);
                    }
                }
                listed = take(names);
            }
        }

        private List<Path> take(Iterator<Path> names) throws IOException {
            List<Path> taken = new ArrayList<>(64);
            try {
                while (taken.size() < LISTED_AT_ONCE && names.hasNext()) {
                    taken.add(names.next());
                }
            } catch (DirectoryIteratorException e) {
                entries.cannotOpen(folder, new IOException("listing it failed", e));
            }
            return taken;
        }

        @Override
        public void discard() {
            if (from != null) {
                from.release();
                from = null;
            }
        }
    }

    /** Deals with some names of a directory. */
    private final class Batch implements WorkQueue.Task {
        private final Folder folder;
        private final FolderHandle handle;
        private final Rules rules;
        private final List<Path> names;

        Batch(Folder folder, FolderHandle handle, Rules rules, List<Path> names) {
            this.folder = folder;
            this.handle = handle;
            this.rules = rules;
            this.names = names;
        }

        @Override
        public void run(ContentReader reader) throws IOException, InterruptedException {
            each(folder, handle, rules, names, reader);
        }

        @Override
        public void discard() {
            handle.release();
        }
    }

    private void each(Folder folder, FolderHandle handle, Rules rules, List<Path> names, ContentReader reader)
            throws IOException, InterruptedException {
        for (Path name : names) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            Folder below = entries.deal(folder, handle, rules, name, reader);
            if (below != null) {
                queue.add(new Visit(below, open.get() < OPEN_DIRECTORIES ? handle.retain() : null));
            }
        }
    }

    /** Opens a directory through its parent, or, where that is closed, through all that it lies in. */
    private FolderHandle openFolder(Folder folder, @Nullable FolderHandle parent) throws IOException {
        if (parent != null) {
            return folder.parent == null ? parent.retain() : parent.open(folder.name);
        }
        Deque<Folder> way = new ArrayDeque<>();
        for (Folder at = folder; at != null && at.parent != null; at = at.parent) {
            way.push(at);
        }
        FolderHandle handle = FolderHandle.open(scope.root(), open);
        for (Folder next : way) {
            FolderHandle outer = handle;
            try {
                handle = outer.open(next.name);
            } finally {
                outer.release();
            }
        }
        return handle;
    }
}
