package dev.longshore.graph;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Sorts any number of lines by their bytes within a fixed amount of memory, and drops repeated ones.
 *
 * <p>An external merge sort: lines gather in memory, a full memory is sorted and spilled to a file of the scratch
 * directory, and {@link #forEach} merges the spills. Not thread-safe; spills go when it is closed.
 */
final class SortedLines implements Closeable {
    /** What a byte array of the heap costs besides its bytes: header, padding and its place in the list. */
    private static final int ARRAY_OVERHEAD = 28;

    private static final int BUFFER = 1 << 16;
    /** How many spills are merged at once: bounds the open files and the merge's buffers (64 × 64 KiB). */
    private static final int FAN_IN = 64;

    private final Path scratch;
    private final String name;
    private final long memory;
    private final List<Path> spills = new ArrayList<>();
    private List<byte[]> lines = new ArrayList<>();
    private long used;
    private int spillNumber;

    /**
     * @param scratch an existing directory for spills
     * @param name tells these spills from others in the same directory
     * @param memory bytes of heap that lines may take before they are spilled
     */
    SortedLines(Path scratch, String name, long memory) {
        this.scratch = scratch;
        this.name = name;
        this.memory = memory;
    }

    void add(byte[] line) throws IOException {
        lines.add(line);
        used += line.length + ARRAY_OVERHEAD;
        if (used >= memory) {
            spill();
        }
    }

    interface LineConsumer {
        void accept(byte[] line) throws IOException;
    }

    /** Gives every distinct line once, in ascending order of its bytes. Call once, after the last {@link #add}. */
    void forEach(LineConsumer consumer) throws IOException {
        if (spills.isEmpty()) {
            byte[] last = null;
            for (byte[] line : sorted()) {
                if (last == null || !Arrays.equals(last, line)) {
                    consumer.accept(line);
                    last = line;
                }
            }
            return;
        }
        if (!lines.isEmpty()) {
            spill();
        }
        while (spills.size() > FAN_IN) {
            mergeFirst(FAN_IN);
        }
        merge(spills, consumer);
    }

    private byte[][] sorted() {
        byte[][] sorted = lines.toArray(new byte[0][]);
        Arrays.parallelSort(sorted, Arrays::compareUnsigned);
        return sorted;
    }

    private void spill() throws IOException {
        try (SpillWriter writer = new SpillWriter(newSpill())) {
            for (byte[] line : sorted()) {
                writer.accept(line);
            }
        }
        lines = new ArrayList<>();
        used = 0;
    }

    private Path newSpill() {
        Path spill = scratch.resolve(name + ".spill-" + spillNumber++);
        spills.add(spill);
        return spill;
    }

    private void mergeFirst(int count) throws IOException {
        List<Path> merged = new ArrayList<>(spills.subList(0, count));
        try (SpillWriter writer = new SpillWriter(newSpill())) {
            merge(merged, writer);
        }
        spills.removeAll(merged);
        for (Path spill : merged) {
            Files.delete(spill);
        }
    }

    private static void merge(List<Path> spills, LineConsumer consumer) throws IOException {
        PriorityQueue<SpillReader> heads = new PriorityQueue<>((a, b) -> Arrays.compareUnsigned(a.head, b.head));
        List<SpillReader> open = new ArrayList<>();
        try {
            for (Path spill : spills) {
                SpillReader reader = new SpillReader(spill);
                open.add(reader);
                if (reader.next()) {
                    heads.add(reader);
                }
            }
            byte[] last = null;
            while (true) {
                SpillReader reader = heads.poll();
                if (reader == null) {
                    break;
                }
                if (last == null || !Arrays.equals(last, reader.head)) {
                    last = reader.head;
                    consumer.accept(last);
                }
                if (reader.next()) {
                    heads.add(reader);
                }
            }
        } finally {
            for (SpillReader reader : open) {
                reader.close();
            }
        }
    }

    @Override
    public void close() throws IOException {
        lines = new ArrayList<>();
        for (Path spill : spills) {
            Files.deleteIfExists(spill);
        }
        spills.clear();
    }

    private static final class SpillWriter implements LineConsumer, Closeable {
        private final DataOutputStream out;

        SpillWriter(Path file) throws IOException {
            OutputStream raw = Files.newOutputStream(file);
            this.out = new DataOutputStream(new BufferedOutputStream(raw, BUFFER));
        }

        @Override
        public void accept(byte[] line) throws IOException {
            out.writeInt(line.length);
            out.write(line);
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    private static final class SpillReader implements Closeable {
        private final DataInputStream in;
        private byte[] head = {};

        SpillReader(Path file) throws IOException {
            this.in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER));
        }

        boolean next() throws IOException {
            int length;
            try {
                length = in.readInt();
            } catch (EOFException e) {
                return false;
            }
            head = in.readNBytes(length);
            return true;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
