package dev.longshore.graph;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Merges the parts of a run into one graph, as a stream: memory does not grow with the graph but for the node ids (see
 * {@link NodeIdSet}).
 *
 * <p>Where two parts have the same node, it gets the properties of both; where they disagree, the earlier part wins.
 * Edges with an end that no part has as a node are left out and counted.
 */
public final class GraphMerge {
    /**
     * What a merge made.
     *
     * @param danglingEdges edges left out because an end of theirs is not in the graph
     */
    public record Merged(PartSummary summary, long danglingEdges) {}

    /** Lines between two looks at whether the thread is interrupted: a few milliseconds. */
    private static final int LINES_PER_LOOK = 4096;

    private GraphMerge() {}

    /**
     * Writes {@code nodes.jsonl} and {@code edges.jsonl} into {@code out}.
     *
     * @param parts in the order that decides between them
     * @param out made if it is missing
     * @throws InterruptedIOException the thread was interrupted; what {@code out} holds then is no graph
     */
    public static Merged merge(List<GraphPart> parts, Path out) throws IOException {
        Files.createDirectories(out);
        try (GraphFiles files = new GraphFiles(out)) {
            NodeIdSet ids = new NodeIdSet();
            NodeFolder folder = new NodeFolder(line -> {
                ids.addBefore(line, JsonLines.plainEnd(line, JsonLines.NODE_ID_START));
                files.node(line);
            });
            inOrder(parts, GraphPart::nodeLines, NodeFolder::compareIds, folder::accept);
            folder.flush();

            DanglingFilter filter = new DanglingFilter(ids, files);
            inOrder(parts, GraphPart::edgeLines, Arrays::compareUnsigned, filter);
            return new Merged(files.finish(), filter.dangling);
        }
    }

    private static final class DanglingFilter implements SortedLines.LineConsumer {
        private final NodeIdSet ids;
        private final GraphFiles files;
        private byte[] last = {};
        private long dangling;

        DanglingFilter(NodeIdSet ids, GraphFiles files) {
            this.ids = ids;
            this.files = files;
        }

        @Override
        public void accept(byte[] line) throws IOException {
            if (Arrays.equals(last, line)) {
                return;
            }
            last = line;
            int sourceEnd = JsonLines.plainEnd(line, JsonLines.SOURCE_START);
            int targetEnd = JsonLines.plainEnd(line, sourceEnd + JsonLines.SOURCE_TO_TARGET);
            if (ids.containsBefore(line, sourceEnd) && ids.containsBefore(line, targetEnd)) {
                files.edge(line);
            } else {
                dangling++;
            }
        }
    }

    private interface Opener {
        GraphPart.Lines open(GraphPart part) throws IOException;
    }

    /** A part's lines and the one that is next; {@code rank} is the part's place among the parts. */
    private static final class Head {
        final GraphPart.Lines lines;
        final int rank;
        byte[] line = {};

        Head(GraphPart.Lines lines, int rank) {
            this.lines = lines;
            this.rank = rank;
        }

        boolean advance() throws IOException {
            byte[] next = lines.next();
            if (next == null) {
                return false;
            }
            line = next;
            return true;
        }
    }

    private static void inOrder(
            List<GraphPart> parts, Opener opener, Comparator<byte[]> order, SortedLines.LineConsumer consumer)
            throws IOException {
        PriorityQueue<Head> heads = new PriorityQueue<>(
                Comparator.comparing((Head head) -> head.line, order).thenComparingInt(head -> head.rank));
        List<Closeable> open = new ArrayList<>();
        try {
            for (int rank = 0; rank < parts.size(); rank++) {
                Head head = new Head(opener.open(parts.get(rank)), rank);
                open.add(head.lines);
                if (head.advance()) {
                    heads.add(head);
                }
            }
            long lines = 0;
            for (Head head = heads.poll(); head != null; head = heads.poll()) {
                if (lines++ % LINES_PER_LOOK == 0 && Thread.interrupted()) {
                    throw new InterruptedIOException("merging the graph was interrupted");
                }
                consumer.accept(head.line);
                if (head.advance()) {
                    heads.add(head);
                }
            }
        } finally {
            for (Closeable lines : open) {
                lines.close();
            }
        }
    }
}
