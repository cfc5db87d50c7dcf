package dev.longshore.container;

import dev.longshore.container.OutputLine.NodeLine;
import dev.longshore.graph.Label;
import dev.longshore.graph.NodeId;
import dev.longshore.graph.NodeIds;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a node that an image wrote belongs: checks what each label must have, and derives the real id from it, so that an
 * image cannot choose the id of anything. Not thread-safe.
 */
final class NodePlacement {
    private static final long MOST = Integer.MAX_VALUE;

    private final NodeIds ids;
    private final Optional<KnownPaths> known;
    private @Nullable String lastPath;
    private @Nullable NodeId lastFile;
    private boolean lastFileKnown;

    NodePlacement(NodeIds ids, Optional<KnownPaths> known) {
        this.ids = ids;
        this.known = known;
    }

    /** The node's real id. Completes the properties: a definition without a name gets the last part of its qualified name. */
    NodeId place(NodeLine node) throws InvalidLine {
        Map<String, Object> properties = node.properties();
        requireTypes(properties);
        Label label = node.label();
        return switch (label) {
            case REPOSITORY -> throw new InvalidLine("label Repository: an image may not write it");
            case FILE, DIRECTORY, SYMLINK, DOCUMENT -> ids.ofPath(label, path(node));
            case CLASS, FUNCTION -> {
                String name = key(node, "qualifiedName");
                properties.putIfAbsent("name", name.substring(name.lastIndexOf('.') + 1));
                yield ids.ofDefinition(label, path(node), name, overload(node));
            }
            case DOCSTRING -> ids.ofDefinition(label, path(node), key(node, "qualifiedName"), overload(node));
            case SECTION -> ids.of(label, path(node), key(node, "anchor"));
            case CODE_BLOCK -> ids.of(label, path(node), "" + number(node, "line"));
            case URL -> ids.of(label, "", key(node, "url"));
        };
    }

    /**
     * The id of what the node speaks of and the graph does not have: itself, for a file, directory or symlink, else the file
     * it lies in. Empty if the graph has it.
     */
    Optional<NodeId> lacking(NodeLine node) {
        if (known.isEmpty() || !(node.properties().get("path") instanceof String path)) {
            return Optional.empty();
        }
        if (isPath(node.label()) && node.label() != Label.FILE) {
            NodeId id = ids.ofPath(node.label(), path);
            return known.get().has(id) ? Optional.empty() : Optional.of(id);
        }
        // Lines come file by file, so mostly with the path of the line before.
        if (!path.equals(lastPath)) {
            lastFile = ids.ofPath(Label.FILE, path);
            lastFileKnown = known.get().has(lastFile);
            lastPath = path;
        }
        return lastFileKnown ? Optional.empty() : Optional.ofNullable(lastFile);
    }

    /** Whether a node of this label is a thing of the file system, which the step that listed the files wrote already. */
    static boolean isPath(Label label) {
        return label == Label.FILE || label == Label.DIRECTORY || label == Label.SYMLINK;
    }

    private static String path(NodeLine node) throws InvalidLine {
        return GraphPath.require(text(node, "path"));
    }

    private static String key(NodeLine node, String name) throws InvalidLine {
        String text = text(node, name);
        if (text.isEmpty() || text.length() > OutputLimits.KEY) {
            throw new InvalidLine("property " + name + " must have 1 to " + OutputLimits.KEY + " characters");
        }
        GraphPath.requireCharacters(name, text);
        return text;
    }

    private static String text(NodeLine node, String name) throws InvalidLine {
        Object value = node.properties().get(name);
        if (value == null) {
            throw missing(node, name);
        }
        if (value instanceof String text) {
            return text;
        }
        throw new InvalidLine("property " + name + " must be text");
    }

    private static long number(NodeLine node, String name) throws InvalidLine {
        // requireTypes has seen to it that it is a number where it is there.
        if (node.properties().get(name) instanceof Long number) {
            return number;
        }
        throw missing(node, name);
    }

    private static int overload(NodeLine node) throws InvalidLine {
        if (!(node.properties().get("overload") instanceof Long number)) {
            return 1;
        }
        if (number < 2) {
            throw new InvalidLine("property overload must be 2 or more; the first definition of a name has none");
        }
        return number.intValue();
    }

    private static void requireTypes(Map<String, Object> properties) throws InvalidLine {
        for (Map.Entry<String, Object> property : properties.entrySet()) {
            switch (property.getKey()) {
                case "startLine", "endLine", "line", "level", "overload" -> requirePositive(property);
                case "name", "language", "title", "text", "format" -> requireText(property);
                default -> {}
            }
        }
        if (properties.get("startLine") instanceof Long start
                && properties.get("endLine") instanceof Long end
                && end < start) {
            throw new InvalidLine(String.format(Locale.ROOT, "endLine %d is before startLine %d", end, start));
        }
    }

    private static void requirePositive(Map.Entry<String, Object> property) throws InvalidLine {
        if (!(property.getValue() instanceof Long number) || number < 1 || number > MOST) {
            throw new InvalidLine("property " + property.getKey() + " must be a whole number from 1 to " + MOST);
        }
    }

    private static void requireText(Map.Entry<String, Object> property) throws InvalidLine {
        if (!(property.getValue() instanceof String)) {
            throw new InvalidLine("property " + property.getKey() + " must be text");
        }
    }

    private static InvalidLine missing(NodeLine node, String name) {
        return new InvalidLine("a " + node.label().text() + " without property " + name);
    }
}
