/**
 * The graph: nodes and edges with stable ids, written as sorted JSON Lines.
 *
 * <p>Start at {@link dev.longshore.graph.GraphWriter}, which each step writes its part of the graph with; {@link
 * dev.longshore.graph.GraphPart} reads a part back, and {@link dev.longshore.graph.NodeIds} derives the ids.
 */
@NullMarked
package dev.longshore.graph;

import org.jspecify.annotations.NullMarked;
