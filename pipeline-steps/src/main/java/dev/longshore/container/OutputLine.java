package dev.longshore.container;

import dev.longshore.graph.EdgeType;
import dev.longshore.graph.Label;
import java.util.SortedMap;

/** A line of an image's output that has the form it must have; what it says is not yet believed. */
sealed interface OutputLine {
    /** A line of {@code nodes.jsonl}. */
    record NodeLine(String id, Label label, SortedMap<String, Object> properties) implements OutputLine {}

    /** A line of {@code edges.jsonl}. */
    record EdgeLine(String source, String target, EdgeType type, SortedMap<String, Object> properties)
            implements OutputLine {}
}
