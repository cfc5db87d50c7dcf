package dev.longshore.docgrapher;

import dev.longshore.graph.Label;
import dev.longshore.graph.NodeId;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Links to places in other documents, kept on disk, document by document, until all documents have been read. A document's
 * broken links wait with them, because they become one property of their node.
 *
 * <p>Life: any number of {@link #add} from any threads, then {@link #forEach} once, then {@link #close}, which removes the
 * file.
 */
final class WaitingLinks implements Closeable {
    enum Kind {
        BROKEN,
        LABEL,
        PLACE
    }

    /**
     * A link that waits.
     *
     * @param target as written
     * @param file what it leads to if there is no such place; the source's own id for other kinds
     * @param path of the document that has the place
     * @param place the anchor or label
     */
    record Waiting(
            Kind kind,
            NodeId source,
            Label sourceLabel,
            int line,
            String target,
            NodeId file,
            String path,
            String place) {
        static Waiting broken(NodeId source, Label label, int line, String target) {
            return new Waiting(Kind.BROKEN, source, label, line, target, source, "", "");
        }

        static Waiting label(NodeId source, Label label, int line, String name) {
            return new Waiting(Kind.LABEL, source, label, line, name, source, "", name);
        }

        static Waiting place(
                NodeId source, Label label, int line, String target, NodeId file, String path, String place) {
            return new Waiting(Kind.PLACE, source, label, line, target, file, path, place);
        }
    }

    interface DocumentConsumer {
        void accept(List<Waiting> linksOfOneDocument) throws IOException;
    }

    private final Path file;
    private final DataOutputStream out;
    private int documents;

    /** @param scratch an existing directory */
    WaitingLinks(Path scratch) throws IOException {
        this.file = scratch.resolve("docgrapher.waiting-links");
        this.out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
    }

    synchronized void add(List<Waiting> links) throws IOException {
        documents++;
        out.writeInt(links.size());
        for (Waiting link : links) {
            out.writeUTF(link.kind().name());
            out.writeUTF(link.source().value());
            out.writeUTF(link.sourceLabel().name());
            out.writeInt(link.line());
            out.writeUTF(link.target());
            out.writeUTF(link.file().value());
            out.writeUTF(link.path());
            out.writeUTF(link.place());
        }
    }

    synchronized void forEach(DocumentConsumer consumer) throws IOException {
        out.flush();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            for (int document = 0; document < documents; document++) {
                int size = in.readInt();
                List<Waiting> links = new ArrayList<>(Math.min(size, 1024));
                for (int i = 0; i < size; i++) {
                    links.add(new Waiting(
                            Kind.valueOf(in.readUTF()),
                            new NodeId(in.readUTF()),
                            Label.valueOf(in.readUTF()),
                            in.readInt(),
                            in.readUTF(),
                            new NodeId(in.readUTF()),
                            in.readUTF(),
                            in.readUTF()));
                }
                consumer.accept(links);
            }
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
        Files.deleteIfExists(file);
    }
}
