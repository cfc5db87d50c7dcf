package dev.longshore.docgrapher;

import dev.longshore.docgrapher.format.DocumentFormat;
import dev.longshore.docgrapher.format.ParsedDocument;
import dev.longshore.docgrapher.format.ParsedDocument.CodeBlock;
import dev.longshore.docgrapher.format.ParsedDocument.CodeName;
import dev.longshore.docgrapher.format.ParsedDocument.Heading;
import dev.longshore.graph.Edge;
import dev.longshore.graph.EdgeType;
import dev.longshore.graph.GraphWriter;
import dev.longshore.graph.Label;
import dev.longshore.graph.Node;
import dev.longshore.graph.NodeId;
import dev.longshore.graph.NodeIds;
import dev.longshore.step.StepCounts;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes what a document holds to the graph. Safe for use by many threads. */
final class DocumentWriter {
    private final NodeIds ids;
    private final GraphWriter graph;
    private final StepCounts counts;
    private final CodeNames names;
    private final PlaceIndex places;
    private final LinkWriter links;

    DocumentWriter(
            NodeIds ids, GraphWriter graph, StepCounts counts, CodeNames names, PlaceIndex places, LinkWriter links) {
        this.ids = ids;
        this.graph = graph;
        this.counts = counts;
        this.names = names;
        this.places = places;
        this.links = links;
    }

    void write(String path, NodeId file, DocumentFormat format, ParsedDocument parsed) throws IOException {
        Holders holders = holders(path, parsed);
        writeDocument(path, file, format, parsed, holders);
        writeSections(path, parsed, holders);
        writeCodeBlocks(path, parsed, holders);
        writeReferences(path, parsed, holders);
        addPlaces(path, file, parsed, holders);
        links.write(path, file, parsed, holders);
        if (parsed.limited()) {
            counts.add("documents.limited");
        }
    }

    private Holders holders(String path, ParsedDocument parsed) {
        NodeId[] sections = new NodeId[parsed.headings().size()];
        for (int i = 0; i < sections.length; i++) {
            sections[i] = ids.of(Label.SECTION, path, parsed.headings().get(i).anchor());
        }
        return new Holders(ids.ofPath(Label.DOCUMENT, path), List.of(sections));
    }

    private void writeDocument(String path, NodeId file, DocumentFormat format, ParsedDocument parsed, Holders holders)
            throws IOException {
        Map<String, Object> properties = new HashMap<>();
        properties.put("path", path);
        properties.put("format", format.id());
        parsed.title().ifPresent(title -> properties.put("title", title));
        graph.node(new Node(holders.document(), Label.DOCUMENT, properties));
        graph.edge(new Edge(holders.document(), file, EdgeType.DESCRIBES));
        counts.add("documents");
        counts.add("documents." + format.id());
    }

    private void writeSections(String path, ParsedDocument parsed, Holders holders) throws IOException {
        for (int i = 0; i < parsed.headings().size(); i++) {
            Heading heading = parsed.headings().get(i);
            graph.node(new Node(
                    holders.of(i),
                    Label.SECTION,
                    Map.of(
                            "path", path,
                            "title", heading.title(),
                            "level", heading.level(),
                            "line", heading.line(),
                            "anchor", heading.anchor())));
            graph.edge(new Edge(holders.of(heading.parent()), holders.of(i), EdgeType.HAS_SECTION));
        }
        counts.add("sections", parsed.headings().size());
    }

    private void writeCodeBlocks(String path, ParsedDocument parsed, Holders holders) throws IOException {
        for (CodeBlock block : parsed.codeBlocks()) {
            NodeId id = ids.of(Label.CODE_BLOCK, path, Integer.toString(block.line()));
            Map<String, Object> properties = new HashMap<>();
            properties.put("path", path);
            properties.put("line", block.line());
            if (!block.language().isEmpty()) {
                properties.put("language", block.language());
            }
            graph.node(new Node(id, Label.CODE_BLOCK, properties));
            graph.edge(new Edge(holders.of(block.section()), id, EdgeType.HAS_CODE_BLOCK));
        }
        counts.add("codeBlocks", parsed.codeBlocks().size());
    }

    private record Reference(int section, NodeId target) {}

    private void writeReferences(String path, ParsedDocument parsed, Holders holders) throws IOException {
        // The same names come again and again in a document.
        Map<String, Optional<Match>> resolved = new HashMap<>();
        Set<Reference> written = new HashSet<>();
        for (CodeName code : parsed.codeNames()) {
            Optional<Match> match =
                    resolved.computeIfAbsent(code.role() + "\0" + code.text(), key -> names.resolve(path, code));
            if (match.isEmpty()) {
                continue;
            }
            if (match.get() instanceof Match.Found found) {
                if (written.add(new Reference(code.section(), found.id()))) {
                    graph.edge(new Edge(
                            holders.of(code.section()),
                            found.id(),
                            EdgeType.REFERENCES,
                            Map.of("line", code.line(), "text", code.text())));
                    counts.add("references");
                }
            } else {
                counts.add(match.get() instanceof Match.Ambiguous ? "references.ambiguous" : "references.unresolved");
            }
        }
    }

    private void addPlaces(String path, NodeId file, ParsedDocument parsed, Holders holders) {
        places.document(path);
        parsed.anchors()
                .forEach((anchor, section) ->
                        places.anchor(path, anchor, Holders.placeLabel(section), holders.place(section, file)));
        parsed.labels()
                .forEach((label, section) ->
                        places.label(label, Holders.placeLabel(section), holders.place(section, file)));
    }

    /** The nodes that a document's parts belong to: its own and its sections'. */
    record Holders(NodeId document, List<NodeId> sections) {
        NodeId of(int section) {
            return section == ParsedDocument.NO_SECTION ? document : sections.get(section);
        }

        static Label label(int section) {
            return section == ParsedDocument.NO_SECTION ? Label.DOCUMENT : Label.SECTION;
        }

        /** What a link to a place in this section leads to; to the file where the place is in none. */
        NodeId place(int section, NodeId file) {
            return section == ParsedDocument.NO_SECTION ? file : sections.get(section);
        }

        static Label placeLabel(int section) {
            return section == ParsedDocument.NO_SECTION ? Label.FILE : Label.SECTION;
        }
    }
}
