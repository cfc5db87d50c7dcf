package dev.longshore.docgrapher;

import dev.longshore.docgrapher.DocumentWriter.Holders;
import dev.longshore.docgrapher.WaitingLinks.Waiting;
import dev.longshore.docgrapher.format.ParsedDocument;
import dev.longshore.docgrapher.format.ParsedDocument.Link;
import dev.longshore.graph.Edge;
import dev.longshore.graph.EdgeType;
import dev.longshore.graph.GraphWriter;
import dev.longshore.graph.Label;
import dev.longshore.graph.Node;
import dev.longshore.graph.NodeId;
import dev.longshore.graph.NodeIds;
import dev.longshore.step.StepCounts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Writes the links of documents. A broken link has no node to lead to: it stands, as {@code line:target}, in the property
 * {@code brokenLinks} of the document or section that has it. Safe for use by many threads.
 */
final class LinkWriter {
    /** GitHub's way to name lines of a file. */
    private static final Pattern LINES = Pattern.compile("L\\d+(C\\d+)?(-L?\\d+(C\\d+)?)?");

    private static final String USER_CONTENT = "user-content-";

    private final NodeIds ids;
    private final GraphWriter graph;
    private final StepCounts counts;
    private final LinkTargets targets;
    private final WaitingLinks waitingLinks;

    LinkWriter(NodeIds ids, GraphWriter graph, StepCounts counts, LinkTargets targets, WaitingLinks waitingLinks) {
        this.ids = ids;
        this.graph = graph;
        this.counts = counts;
        this.targets = targets;
        this.waitingLinks = waitingLinks;
    }

    void write(String path, NodeId file, ParsedDocument parsed, Holders holders) throws IOException {
        List<Waiting> waiting = new ArrayList<>();
        boolean mustWait = false;
        for (Link link : parsed.links()) {
            counts.add("links");
            NodeId source = holders.of(link.section());
            Label label = Holders.label(link.section());
            if (link.kind() == Link.Kind.LABEL) {
                waiting.add(Waiting.label(source, label, link.line(), link.target()));
                mustWait = true;
                continue;
            }
            LinkTarget target = targets.resolve(path, link.kind(), link.target());
            if (target instanceof LinkTarget.Url url) {
                writeUrl(source, url.url(), link);
            } else if (target instanceof LinkTarget.Here here) {
                Integer section = parsed.anchors().get(anchor(here.fragment()));
                if (section == null) {
                    waiting.add(Waiting.broken(source, label, link.line(), link.target()));
                } else {
                    edge(source, holders.place(section, file), link.line(), link.kind());
                    counts.add("links.sections");
                }
            } else if (target instanceof LinkTarget.Place place) {
                if (place.fragment().isEmpty()
                        || LINES.matcher(place.fragment()).matches()) {
                    edge(source, place.id(), link.line(), link.kind());
                    counts.add("links.files");
                } else {
                    waiting.add(Waiting.place(
                            source,
                            label,
                            link.line(),
                            link.target(),
                            place.id(),
                            place.path(),
                            anchor(place.fragment())));
                    mustWait = true;
                }
            } else if (target instanceof LinkTarget.Broken) {
                waiting.add(Waiting.broken(source, label, link.line(), link.target()));
            } else {
                counts.add(target instanceof LinkTarget.Outside ? "links.outside" : "links.other");
            }
        }
        if (mustWait) {
            waitingLinks.add(waiting);
        } else {
            finish(waiting, new PlaceIndex());
        }
    }

    /** Writes the links of one document that waited, now that all places are known. */
    void finish(List<Waiting> waiting, PlaceIndex places) throws IOException {
        Map<NodeId, List<String>> broken = new HashMap<>();
        Map<NodeId, Label> labels = new HashMap<>();
        for (Waiting link : waiting) {
            boolean whole = switch (link.kind()) {
                case BROKEN -> false;
                case LABEL -> finishLabel(link, places.labelled(link.place()));
                case PLACE -> finishPlace(link, places);
            };
            if (!whole) {
                counts.add("links.broken");
                labels.put(link.source(), link.sourceLabel());
                broken.computeIfAbsent(link.source(), source -> new ArrayList<>())
                        .add(link.line() + ":" + link.target());
            }
        }
        for (Map.Entry<NodeId, List<String>> entry : broken.entrySet()) {
            Label label = labels.getOrDefault(entry.getKey(), Label.DOCUMENT);
            graph.node(new Node(entry.getKey(), label, Map.of("brokenLinks", entry.getValue())));
        }
    }

    private boolean finishLabel(Waiting link, Match match) throws IOException {
        if (match instanceof Match.Found found) {
            edge(link.source(), found.id(), link.line(), Link.Kind.LABEL);
            counts.add("links.sections");
        } else {
            // It may be a label of another project, so it is not called broken.
            counts.add(match instanceof Match.Ambiguous ? "links.ambiguous" : "links.unknownLabel");
        }
        return true;
    }

    private boolean finishPlace(Waiting link, PlaceIndex places) throws IOException {
        Optional<NodeId> section = places.at(link.path(), link.place());
        if (section.isPresent()) {
            edge(link.source(), section.get(), link.line(), Link.Kind.HREF);
            counts.add("links.sections");
            return true;
        }
        edge(link.source(), link.file(), link.line(), Link.Kind.HREF);
        counts.add("links.files");
        // What anchors a file has that is no document, nobody here knows.
        return !places.isDocument(link.path());
    }

    private void writeUrl(NodeId source, String url, Link link) throws IOException {
        NodeId id = ids.of(Label.URL, "", url);
        graph.node(new Node(id, Label.URL, Map.of("url", url)));
        edge(source, id, link.line(), link.kind());
        counts.add("links.urls");
    }

    private void edge(NodeId source, NodeId target, int line, Link.Kind kind) throws IOException {
        Map<String, Object> properties = switch (kind) {
            case HREF, DOC, LABEL -> Map.of("line", line);
            case IMAGE -> Map.of("line", line, "kind", "image");
            case INCLUDE -> Map.of("line", line, "kind", "include");
        };
        graph.edge(new Edge(source, target, EdgeType.LINKS_TO, properties));
    }

    private static String anchor(String fragment) {
        return fragment.startsWith(USER_CONTENT) ? fragment.substring(USER_CONTENT.length()) : fragment;
    }
}
