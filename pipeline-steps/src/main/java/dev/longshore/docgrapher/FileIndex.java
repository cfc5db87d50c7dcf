package dev.longshore.docgrapher;

import dev.longshore.graph.Label;
import dev.longshore.graph.NodeId;
import dev.longshore.graph.NodeIdSet;
import dev.longshore.graph.NodeIds;
import java.util.Optional;

/** The files, directories and symlinks of the earlier graph: which paths there are, and which file a path's end names. */
final class FileIndex {
    private static final int SEVERAL = Integer.MAX_VALUE - 1;

    private final NodeIds ids;
    private final NodeIdSet known = new NodeIdSet();
    private final PackedIds files = new PackedIds();
    private final LongTable bySuffix = new LongTable();

    FileIndex(NodeIds ids) {
        this.ids = ids;
    }

    /** Takes a file, directory, symlink or the repository itself. */
    void add(Label label, NodeId id, String path) {
        if (!known.add(id) || label != Label.FILE) {
            return;
        }
        int file = files.add(label, id);
        // Whole names only: "app.py" and "flask/app.py", never "p.py".
        for (int at = path.length(); at >= 0; ) {
            at = path.lastIndexOf('/', at - 1);
            long suffix = LongTable.hash(path, at + 1, path.length());
            if (bySuffix.put(suffix, file) != LongTable.NONE) {
                bySuffix.put(suffix, SEVERAL);
            }
        }
    }

    /** What stands at a path from the root; the empty path is the root. */
    Optional<NodeId> at(String path) {
        if (path.isEmpty()) {
            return existing(ids.repository());
        }
        return existing(ids.ofPath(Label.FILE, path))
                .or(() -> existing(ids.ofPath(Label.DIRECTORY, path)))
                .or(() -> existing(ids.ofPath(Label.SYMLINK, path)));
    }

    Optional<NodeId> file(String path) {
        return existing(ids.ofPath(Label.FILE, path));
    }

    /** The files whose path ends with this one, by whole names. */
    Match endingWith(String path) {
        int file = bySuffix.get(LongTable.hash(path));
        if (file == LongTable.NONE) {
            return Match.NONE;
        }
        return file == SEVERAL ? Match.AMBIGUOUS : new Match.Found(files.get(file));
    }

    private Optional<NodeId> existing(NodeId id) {
        return known.contains(id) ? Optional.of(id) : Optional.empty();
    }
}
