package dev.longshore.graph;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is in a written part, or in the whole graph.
 *
 * @param nodes number of nodes by label
 * @param edges number of edges by type
 * @param digest SHA-256, in hexadecimal, over the SHA-256 of {@code nodes.jsonl} and that of {@code edges.jsonl}
 */
public record PartSummary(SortedMap<String, Long> nodes, SortedMap<String, Long> edges, String digest) {
    public PartSummary {
        nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
        edges = Collections.unmodifiableSortedMap(new TreeMap<>(edges));
    }
}
