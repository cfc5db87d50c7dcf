package dev.longshore.docgrapher;

import dev.longshore.graph.NodeIds;
import dev.longshore.step.EarlierGraph;
import java.io.IOException;

/** What the steps before this one found, as far as documents can link to it. Safe for use by many threads once read. */
record GraphIndex(FileIndex files, DefinitionIndex definitions) {
    static GraphIndex read(EarlierGraph earlier, NodeIds ids) throws IOException {
        FileIndex files = new FileIndex(ids);
        DefinitionIndex definitions = new DefinitionIndex();
        earlier.forEachNode(node -> {
            switch (node.label()) {
                case FILE, DIRECTORY, SYMLINK -> files.add(node.label(), node.id(), node.text("path"));
                case REPOSITORY -> files.add(node.label(), node.id(), "");
                case CLASS, FUNCTION -> definitions.add(node);
                default -> {
                    // Nothing that documents link to.
                }
            }
        });
        definitions.complete();
        return new GraphIndex(files, definitions);
    }
}
