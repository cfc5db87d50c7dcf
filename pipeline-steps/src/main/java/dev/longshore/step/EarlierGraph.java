package dev.longshore.step;

import dev.longshore.graph.GraphPart;
import java.io.IOException;
import java.util.List;

/**
 * The graph as the steps that this one comes after left it: a stream over their parts. A node that two steps wrote comes
 * twice, each time with that step's properties.
 *
 * @param parts in the pipeline's order
 */
public record EarlierGraph(List<GraphPart> parts) {
    public EarlierGraph {
        parts = List.copyOf(parts);
    }

    public void forEachNode(GraphPart.NodeConsumer consumer) throws IOException {
        for (GraphPart part : parts) {
            part.forEachNode(consumer);
        }
    }

    public void forEachEdge(GraphPart.EdgeConsumer consumer) throws IOException {
        for (GraphPart part : parts) {
            part.forEachEdge(consumer);
        }
    }
}
