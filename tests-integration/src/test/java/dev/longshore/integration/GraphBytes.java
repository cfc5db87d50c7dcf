package dev.longshore.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The digests of a published graph's files, to tell whether two are the same byte for byte. */
record GraphBytes(String nodes, String edges, String manifest) {
    static GraphBytes of(Path out) throws IOException {
        return new GraphBytes(
                sha256(out.resolve("nodes.jsonl")),
                sha256(out.resolve("edges.jsonl")),
                sha256(out.resolve("manifest.json")));
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-256", e);
        }
    }
}
