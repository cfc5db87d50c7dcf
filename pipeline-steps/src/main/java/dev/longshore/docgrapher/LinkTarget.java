package dev.longshore.docgrapher;

import dev.longshore.graph.NodeId;

/** What a link leads to. */
sealed interface LinkTarget {
    /** Something outside the repository with an address of its own. */
    record Url(String url) implements LinkTarget {}

    /**
     * A file or directory of the repository, or a place in one.
     *
     * @param fragment what stands after {@code #}; empty if nothing does
     */
    record Place(NodeId id, String path, String fragment) implements LinkTarget {}

    /** A place in the document itself. */
    record Here(String fragment) implements LinkTarget {}

    /** A path that the repository does not have. */
    record Broken() implements LinkTarget {}

    /** A path that leads out of the repository: whether it exists cannot be known. */
    record Outside() implements LinkTarget {}

    /** What is no link to a document: a mail address, a script, an empty fragment. */
    record Other() implements LinkTarget {}
}
