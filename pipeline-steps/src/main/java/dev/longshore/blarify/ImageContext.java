package dev.longshore.blarify;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files that the analyser's image is built from, as this program carries them: those that the resource {@code CONTEXT}
 * names, since a jar's folder cannot be listed.
 */
final class ImageContext {
    private static final String DIRECTORY = "image/";
    private static final Pattern BASE = Pattern.compile("(?m)^ARG BASE_IMAGE=(\\S+)$");

    private final SortedMap<String, byte[]> files;

    private ImageContext(SortedMap<String, byte[]> files) {
        this.files = Collections.unmodifiableSortedMap(files);
    }

    static ImageContext load() {
        TreeMap<String, byte[]> files = new TreeMap<>();
        new String(resource("CONTEXT"), UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .forEach(name -> files.put(name, resource(name)));
        return new ImageContext(files);
    }

    private static byte[] resource(String name) {
        try (InputStream in = ImageContext.class.getResourceAsStream(DIRECTORY + name)) {
            if (in == null) {
                throw new IllegalStateException("this program was packed without " + DIRECTORY + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + DIRECTORY + name + " of this program", e);
        }
    }

    /** The bytes of each file, by its name in the context. */
    SortedMap<String, byte[]> files() {
        return files;
    }

    /** SHA-256 over the names and bytes of all files, in hexadecimal. */
    String digest() {
        MessageDigest sha256 = sha256();
        files.forEach((name, bytes) -> {
            sha256.update((name + '\0' + bytes.length + '\0').getBytes(UTF_8));
            sha256.update(bytes);
        });
        return HexFormat.of().formatHex(sha256.digest());
    }

    /** The base image where the operator names none. */
    String standardBase() {
        byte[] dockerfile = files.get("Dockerfile");
        Matcher base = BASE.matcher(dockerfile == null ? "" : new String(dockerfile, UTF_8));
        if (!base.find()) {
            throw new IllegalStateException("the image's Dockerfile has no ARG BASE_IMAGE with a value");
        }
        return base.group(1);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
