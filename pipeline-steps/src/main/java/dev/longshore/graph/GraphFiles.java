package dev.longshore.graph;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

/** {@code nodes.jsonl} and {@code edges.jsonl} of one directory being written, with their counts and digest. */
final class GraphFiles implements Closeable {
    static final String NODES = "nodes.jsonl";
    static final String EDGES = "edges.jsonl";

    /** What stands between the end of a node's id and its label. */
    private static final int ID_TO_LABEL = "\",\"labels\":[\"".length();
    /** What stands between the end of an edge's target and its type. */
    private static final int TARGET_TO_TYPE = "\",\"type\":\"".length();

    private final MessageDigest nodesDigest = sha256();
    private final MessageDigest edgesDigest = sha256();
    private final OutputStream nodes;
    private final OutputStream edges;
    private final TreeMap<String, Long> nodeCounts = new TreeMap<>();
    private final TreeMap<String, Long> edgeCounts = new TreeMap<>();

    GraphFiles(Path directory) throws IOException {
        this.nodes = open(directory.resolve(NODES), nodesDigest);
        try {
            this.edges = open(directory.resolve(EDGES), edgesDigest);
        } catch (IOException e) {
            nodes.close();
            throw e;
        }
    }

    private static OutputStream open(Path file, MessageDigest digest) throws IOException {
        return new BufferedOutputStream(new DigestOutputStream(Files.newOutputStream(file), digest), 1 << 16);
    }

    void node(byte[] line) throws IOException {
        nodes.write(line);
        nodes.write('\n');
        nodeCounts.merge(text(line, JsonLines.plainEnd(line, JsonLines.NODE_ID_START) + ID_TO_LABEL), 1L, Long::sum);
    }

    void edge(byte[] line) throws IOException {
        edges.write(line);
        edges.write('\n');
        int sourceEnd = JsonLines.plainEnd(line, JsonLines.SOURCE_START);
        int targetEnd = JsonLines.plainEnd(line, sourceEnd + JsonLines.SOURCE_TO_TARGET);
        edgeCounts.merge(text(line, targetEnd + TARGET_TO_TYPE), 1L, Long::sum);
    }

    PartSummary finish() throws IOException {
        nodes.flush();
        edges.flush();
        MessageDigest both = sha256();
        both.update(nodesDigest.digest());
        both.update(edgesDigest.digest());
        return new PartSummary(nodeCounts, edgeCounts, HexFormat.of().formatHex(both.digest()));
    }

    @Override
    public void close() throws IOException {
        try {
            nodes.close();
        } finally {
            edges.close();
        }
    }

    /** The text that starts at {@code from}, up to its quote; labels and types have none in them. */
    private static String text(byte[] line, int from) {
        return new String(line, from, JsonLines.plainEnd(line, from) - from, UTF_8);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
