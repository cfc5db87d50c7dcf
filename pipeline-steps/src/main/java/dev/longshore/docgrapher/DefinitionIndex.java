package dev.longshore.docgrapher;

import dev.longshore.graph.Label;
import dev.longshore.graph.Node;
import dev.longshore.graph.NodeId;
import dev.longshore.graph.NodeIdSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The classes and functions of the earlier graph, by name and by place.
 *
 * <p>The second and further definitions of one name in one file (a property's setter, a method's overloads) are found by
 * their place only: for a reader of the documents they are one thing, and the first stands for it.
 */
final class DefinitionIndex {
    private final NodeIdSet known = new NodeIdSet();
    private final PackedIds ids = new PackedIds();
    /** Of each definition: its file, as an index into {@link #modules}. */
    private int[] files = new int[256];
    /** Of each file with definitions, its path as a dotted module name between dots: {@code .src.flask.app.}. */
    private final List<String> modules = new ArrayList<>();

    private Map<String, Integer> fileNumbers = new HashMap<>();

    /** Of each definition: the hash of the file and name of what encloses it; 0 at the top of a file. */
    private long[] enclosing = new long[256];
    /** Definitions by file and qualified name. */
    private final LongTable byName = new LongTable();

    /** Definitions by file, line and name. */
    private final LongTable byPlace = new LongTable();
    /** First entry of the chain for each dotted end of a qualified name. */
    private final LongTable bySuffix = new LongTable();
    /** Of each entry: the definition, negative (its complement) where the end is the whole qualified name. */
    private int[] entries = new int[256];

    private int[] nextEntry = new int[256];
    private int entryCount;

    void add(Node node) {
        if (!known.add(node.id())
                || !(node.property("path") instanceof String path)
                || !(node.property("qualifiedName") instanceof String name)) {
            return;
        }
        int definition = ids.add(node.label(), node.id());
        if (definition == files.length) {
            files = Arrays.copyOf(files, definition * 2);
            enclosing = Arrays.copyOf(enclosing, definition * 2);
        }
        files[definition] = fileNumbers.computeIfAbsent(path, file -> {
            modules.add(module(file));
            return modules.size() - 1;
        });
        int dot = name.lastIndexOf('.');
        enclosing[definition] = dot < 0 ? 0 : LongTable.hash(path + '\0' + name.substring(0, dot));
        byName.put(LongTable.hash(path + '\0' + name), definition);
        if (node.property("startLine") instanceof Number line) {
            byPlace.put(place(node.label(), path, line.intValue(), lastPart(name)), definition);
        }
        if (node.property("overload") == null) {
            addSuffixes(name, definition);
        }
    }

    /** Ends the filling: what only that needed is let go. */
    void complete() {
        fileNumbers = Map.of();
    }

    boolean contains(NodeId id) {
        return known.contains(id);
    }

    /** The definition that starts on a line and has this name there. */
    Optional<NodeId> at(Label label, String path, int line, String name) {
        int definition = byPlace.get(place(label, path, line, name));
        return definition == LongTable.NONE ? Optional.empty() : Optional.of(ids.get(definition));
    }

    /**
     * What a dotted name means: the end of a qualified name ({@code Flask.route}), or one after the package or module that
     * it is in, or is exported from ({@code flask.Flask.route}, {@code flask.app.Flask}).
     *
     * @param label what it must be, or null
     * @param topLevelOnly leave out what is defined inside something else
     */
    Match named(List<String> parts, @Nullable Label label, boolean topLevelOnly) {
        for (int from = 0; from < parts.size(); from++) {
            String tail = String.join(".", parts.subList(from, parts.size()));
            int head = bySuffix.get(LongTable.hash(tail));
            if (head == LongTable.NONE) {
                continue;
            }
            String prefix = from == 0 ? "" : "." + String.join(".", parts.subList(0, from)) + ".";
            Match match = inChain(head, prefix, label, topLevelOnly || from > 0);
            if (!(match instanceof Match.None)) {
                return match;
            }
        }
        return Match.NONE;
    }

    /** Chooses among the definitions of one name; what fits better in a way that the others do not is preferred. */
    private Match inChain(int head, String prefix, @Nullable Label label, boolean wholeNameOnly) {
        int best = LongTable.NONE;
        int bestRank = 0;
        boolean several = false;
        for (int entry = head; entry != LongTable.NONE; entry = nextEntry[entry]) {
            boolean whole = entries[entry] < 0;
            int definition = whole ? ~entries[entry] : entries[entry];
            String module = modules.get(files[definition]);
            if ((wholeNameOnly && !whole)
                    || (label != null && ids.label(definition) != label)
                    || (!prefix.isEmpty() && !module.contains(prefix))
                    || (!whole && isLocal(definition))) {
                continue;
            }
            int rank = 1 + (whole ? 1 : 0) + (!prefix.isEmpty() && module.endsWith(prefix) ? 2 : 0);
            if (rank > bestRank) {
                best = definition;
                bestRank = rank;
                several = false;
            } else if (rank == bestRank) {
                several = true;
            }
        }
        if (best == LongTable.NONE) {
            return Match.NONE;
        }
        return several ? Match.AMBIGUOUS : new Match.Found(ids.get(best));
    }

    /** Whether a definition lies in a function, where no document can mean it unless it gives the whole name. */
    private boolean isLocal(int definition) {
        for (long outer = enclosing[definition]; outer != 0; ) {
            int around = byName.get(outer);
            if (around == LongTable.NONE) {
                return false;
            }
            if (ids.label(around) == Label.FUNCTION) {
                return true;
            }
            outer = enclosing[around];
        }
        return false;
    }

    private void addSuffixes(String name, int definition) {
        int from = 0;
        while (true) {
            if (entryCount == entries.length) {
                entries = Arrays.copyOf(entries, entryCount * 2);
                nextEntry = Arrays.copyOf(nextEntry, entryCount * 2);
            }
            entries[entryCount] = from == 0 ? ~definition : definition;
            nextEntry[entryCount] = bySuffix.put(LongTable.hash(name, from, name.length()), entryCount);
            entryCount++;
            int dot = name.indexOf('.', from);
            if (dot < 0) {
                return;
            }
            from = dot + 1;
        }
    }

    private static long place(Label label, String path, int line, String name) {
        return LongTable.hash(label.text() + '\0' + path + '\0' + line + '\0' + name);
    }

    static String lastPart(String qualifiedName) {
        return qualifiedName.substring(qualifiedName.lastIndexOf('.') + 1);
    }

    private static String module(String path) {
        int slash = path.lastIndexOf('/');
        int dot = path.indexOf('.', slash + 1);
        String stem = dot > slash + 1 ? path.substring(0, dot) : path;
        // A package's own definitions belong to the package.
        for (String own : List.of("/__init__", "/index", "/mod")) {
            if (stem.endsWith(own)) {
                stem = stem.substring(0, stem.length() - own.length());
            }
        }
        return "." + stem.replace('/', '.') + ".";
    }
}
