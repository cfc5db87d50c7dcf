package dev.longshore.docgrapher;

import dev.longshore.docgrapher.docstring.Docstring;
import dev.longshore.docgrapher.docstring.Docstring.Owner;
import dev.longshore.graph.Edge;
import dev.longshore.graph.EdgeType;
import dev.longshore.graph.GraphWriter;
import dev.longshore.graph.Label;
import dev.longshore.graph.Node;
import dev.longshore.graph.NodeId;
import dev.longshore.graph.NodeIds;
import dev.longshore.step.StepCounts;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a source's docstrings to the graph, each with an edge to what it describes if that is there. */
final class DocstringWriter {
    private final NodeIds ids;
    private final GraphWriter graph;
    private final StepCounts counts;
    private final DefinitionIndex definitions;

    DocstringWriter(NodeIds ids, GraphWriter graph, StepCounts counts, DefinitionIndex definitions) {
        this.ids = ids;
        this.graph = graph;
        this.counts = counts;
        this.definitions = definitions;
    }

    void write(String path, NodeId file, List<Docstring> docstrings) throws IOException {
        for (Docstring docstring : docstrings) {
            Label label = label(docstring.owner());
            NodeId named = ids.ofDefinition(label, path, docstring.qualifiedName(), docstring.overload());
            // Its owner's id is derived from what names the owner, so this names the docstring too.
            NodeId id = ids.of(Label.DOCSTRING, path, named.value());
            graph.node(new Node(
                    id,
                    Label.DOCSTRING,
                    Map.of(
                            "path", path,
                            "qualifiedName", docstring.qualifiedName(),
                            "owner", label.text(),
                            "line", docstring.line(),
                            "text", docstring.text())));
            counts.add("docstrings");
            Optional<NodeId> owner =
                    docstring.owner() == Owner.FILE ? Optional.of(file) : owner(label, path, docstring, named);
            if (owner.isPresent()) {
                graph.edge(new Edge(id, owner.get(), EdgeType.DESCRIBES));
            } else {
                counts.add("docstrings.withoutOwner");
            }
        }
    }

    /**
     * The owner among the definitions that the graph has. By its place first: the analyser may count overloads, or leave
     * out an enclosing enum, in a way of its own, but a line is a line.
     */
    private Optional<NodeId> owner(Label label, String path, Docstring docstring, NodeId named) {
        String name = DefinitionIndex.lastPart(docstring.qualifiedName());
        Optional<NodeId> placed = definitions.at(label, path, docstring.ownerLine(), name);
        if (placed.isPresent()) {
            return placed;
        }
        return definitions.contains(named) ? Optional.of(named) : Optional.empty();
    }

    private static Label label(Owner owner) {
        return switch (owner) {
            case FILE -> Label.FILE;
            case CLASS -> Label.CLASS;
            case FUNCTION -> Label.FUNCTION;
        };
    }
}
