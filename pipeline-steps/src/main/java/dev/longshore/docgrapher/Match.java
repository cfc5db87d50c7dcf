package dev.longshore.docgrapher;

import dev.longshore.graph.NodeId;

/** What a name stands for in the graph. */
sealed interface Match {
    /** Exactly one thing. */
    record Found(NodeId id) implements Match {}

    /** Several things alike: it is not guessed which. */
    record Ambiguous() implements Match {}

    /** Nothing that is known. */
    record None() implements Match {}

    Match AMBIGUOUS = new Ambiguous();
    Match NONE = new None();
}
