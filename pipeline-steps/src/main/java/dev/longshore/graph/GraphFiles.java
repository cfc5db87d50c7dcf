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

    private static final byte[] LABEL_START = "\",\"labels\":[\"".getBytes(UTF_8);
    private static final byte[] TYPE_START = "\",\"type\":\"".getBytes(UTF_8);

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
        nodeCounts.merge(textAfter(line, LABEL_START), 1L, Long::sum);
    }

    void edge(byte[] line) throws IOException {
        edges.write(line);
        edges.write('\n');
        edgeCounts.merge(textAfter(line, TYPE_START), 1L, Long::sum);
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

    /** The text between {@code start} and the next quote. Ids hold no quotes, so the first match is the field. */
    private static String textAfter(byte[] line, byte[] start) {
        int at = 0;
        while (!matches(line, at, start)) {
            at++;
        }
        int from = at + start.length;
        int to = from;
        while (line[to] != '"') {
            to++;
        }
        return new String(line, from, to - from, UTF_8);
    }

    private static boolean matches(byte[] line, int at, byte[] text) {
        for (int i = 0; i < text.length; i++) {
            if (line[at + i] != text[i]) {
                return false;
            }
        }
        return true;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
