package dev.longshore.graph;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A written part of the graph, or a whole one, read as a stream: nodes by id, edges by source, target and type.
 *
 * @param directory holds {@code nodes.jsonl} and {@code edges.jsonl}
 */
public record GraphPart(Path directory) {
    /** Takes one node after another. */
    public interface NodeConsumer {
        void accept(Node node) throws IOException;
    }

    /** Takes one edge after another. */
    public interface EdgeConsumer {
        void accept(Edge edge) throws IOException;
    }

    public void forEachNode(NodeConsumer consumer) throws IOException {
        try (Lines lines = nodeLines()) {
            for (byte[] line = lines.next(); line != null; line = lines.next()) {
                consumer.accept(JsonLines.node(line));
            }
        }
    }

    public void forEachEdge(EdgeConsumer consumer) throws IOException {
        try (Lines lines = edgeLines()) {
            for (byte[] line = lines.next(); line != null; line = lines.next()) {
                consumer.accept(JsonLines.edge(line));
            }
        }
    }

    Lines nodeLines() throws IOException {
        return new Lines(directory.resolve(GraphFiles.NODES));
    }

    Lines edgeLines() throws IOException {
        return new Lines(directory.resolve(GraphFiles.EDGES));
    }

    /** The lines of a file as bytes, without their ends. */
    static final class Lines implements Closeable {
        private final InputStream in;
        private final byte[] buffer = new byte[1 << 16];
        private int position;
        private int limit;

        Lines(Path file) throws IOException {
            this.in = Files.newInputStream(file);
        }

        byte @Nullable [] next() throws IOException {
            ByteArrayOutputStream longLine = null;
            while (true) {
                if (position == limit) {
                    limit = Math.max(in.read(buffer), 0);
                    position = 0;
                    if (limit == 0) {
                        return longLine == null ? null : longLine.toByteArray();
                    }
                }
                int start = position;
                while (position < limit && buffer[position] != '\n') {
                    position++;
                }
                boolean ended = position < limit;
                if (ended && longLine == null) {
                    byte[] line = Arrays.copyOfRange(buffer, start, position);
                    position++;
                    return line;
                }
                if (longLine == null) {
                    longLine = new ByteArrayOutputStream(position - start + 256);
                }
                longLine.write(buffer, start, position - start);
                if (ended) {
                    position++;
                    return longLine.toByteArray();
                }
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
