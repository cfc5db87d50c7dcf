package dev.longshore.docgrapher;

import dev.longshore.graph.Label;
import dev.longshore.graph.NodeId;
import java.util.Locale;
import java.util.Optional;

/** The places that documents can be linked to at: by document and anchor, and by label. Thread-safe. */
final class PlaceIndex {
    private static final int SEVERAL = Integer.MAX_VALUE - 1;

    private final PackedIds ids = new PackedIds();
    private final LongTable places = new LongTable();
    private final LongTable labels = new LongTable();

    synchronized void document(String path) {
        places.put(LongTable.hash(path), 0);
    }

    synchronized void anchor(String path, String anchor, Label label, NodeId id) {
        places.put(LongTable.hash(path + '\0' + anchor), ids.add(label, id));
    }

    synchronized void label(String name, Label label, NodeId id) {
        long key = LongTable.hash(name);
        if (labels.put(key, ids.add(label, id)) != LongTable.NONE) {
            labels.put(key, SEVERAL);
        }
    }

    synchronized boolean isDocument(String path) {
        return places.get(LongTable.hash(path)) != LongTable.NONE;
    }

    synchronized Optional<NodeId> at(String path, String anchor) {
        int place = places.get(LongTable.hash(path + '\0' + anchor));
        if (place == LongTable.NONE) {
            place = places.get(LongTable.hash(path + '\0' + anchor.toLowerCase(Locale.ROOT)));
        }
        return place == LongTable.NONE ? Optional.empty() : Optional.of(ids.get(place));
    }

    synchronized Match labelled(String name) {
        int place = labels.get(LongTable.hash(name));
        if (place == LongTable.NONE) {
            return Match.NONE;
        }
        return place == SEVERAL ? Match.AMBIGUOUS : new Match.Found(ids.get(place));
    }
}
