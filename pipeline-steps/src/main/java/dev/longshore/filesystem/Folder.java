package dev.longshore.filesystem;

import dev.longshore.graph.NodeId;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A directory of the source as the walk knows it, before it is opened. */
final class Folder {
    final @Nullable Folder parent;
    /** Its name in its parent; of the source itself, its whole path. */
    final Path name;
    /** From the top of the git work tree, or of the source where there is none. */
    final byte[] path;
    /** The rules of its parent; the walk adds its own. */
    final Rules rules;
    /** What git tracks below. */
    final TrackedFiles.Range tracked;
    /** Whether git ignores the directory, though it tracks files in it: nothing else in it counts. */
    final boolean onlyTracked;
    /** Its node's id, once {@link SourceGraph} has derived it. */
    volatile @Nullable NodeId id;
    /** Whether the graph has the directory; {@link SourceGraph} sees to that. */
    volatile boolean inGraph;

    Folder(
            @Nullable Folder parent,
            Path name,
            byte[] path,
            Rules rules,
            TrackedFiles.Range tracked,
            boolean onlyTracked) {
        this.parent = parent;
        this.name = name;
        this.path = path;
        this.rules = rules;
        this.tracked = tracked;
        this.onlyTracked = onlyTracked;
    }

    /** Where, in the path of something in this directory, its name starts. */
    int childNameStart() {
        return path.length == 0 ? 0 : path.length + 1;
    }

    byte[] childPath(byte[] childName) {
        int start = childNameStart();
        byte[] child = Arrays.copyOf(path, start + childName.length);
        if (start > 0) {
            child[path.length] = '/';
        }
        System.arraycopy(childName, 0, child, start, childName.length);
        return child;
    }
}
