package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The file of keys that {@link JobSeal#fromFile} describes. */
final class SealKeyFile {
    private static final int LARGEST = 64 * 1024;
    private static final Set<PosixFilePermission> OF_OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private SealKeyFile() {}

    /** The keys by id, in their order; at least one. */
    static Map<String, SealKey> read(Path file) {
        List<String> lines;
        try {
            refuseIfOthersMayRead(file);
            lines = lines(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("the key file " + file + " cannot be read: " + e, e);
        }
        Map<String, SealKey> keys = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                add(keys, line, "line " + (i + 1) + " of the key file " + file);
            }
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("the key file " + file + " has no key: write one line, id:base64");
        }
        return keys;
    }

    private static void refuseIfOthersMayRead(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view == null) {
            // No such permissions on this file system; who may read it is for whoever set it up.
            return;
        }
        Set<PosixFilePermission> given = EnumSet.copyOf(OF_OTHERS);
        given.retainAll(view.readAttributes().permissions());
        if (!given.isEmpty()) {
            throw new IllegalArgumentException(
                    "the key file " + file + " is open to others than its owner: chmod 600 it, and change its keys");
        }
    }

    private static List<String> lines(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new IllegalArgumentException("the key file " + file + " has more than " + LARGEST + " bytes");
            }
            return new String(bytes, US_ASCII).lines().toList();
        }
    }

    private static void add(Map<String, SealKey> keys, String line, String where) {
        int colon = line.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException(where + " is not of the form id:base64");
        }
        byte[] key;
        try {
            key = Base64.getDecoder().decode(line.substring(colon + 1).strip());
        } catch (IllegalArgumentException e) {
            // Without its cause: that quotes the key.
            throw new IllegalArgumentException(where + " has no base64 after the colon");
        }
        try {
            SealKey sealKey = new SealKey(line.substring(0, colon).strip(), key);
            if (keys.putIfAbsent(sealKey.id(), sealKey) != null) {
                throw new IllegalArgumentException("its id stands in the file twice");
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
        }
    }
}
