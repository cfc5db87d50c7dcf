package dev.longshore.docker;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;

/**
 * Lets a container outlive the process that runs it: another that asks for the very same takes it over, as it runs or as it ended.
 * Such a container's output is kept by the daemon, in two files of 8 MiB at most, so that whoever takes it over hears it too.
 *
 * @param inputs stands for what is in the mounted files: of the same inputs the same text, such as a digest. Where they lie on the
 *     host does not count, since the one who comes after may have put them elsewhere
 */
public record Takeover(String inputs) {
    static final String LOG_DRIVER = "json-file";
    static final String LOG_SIZE = "8m";
    static final int LOG_FILES = 2;

    /** What has to be the same for one container to do for another, as a digest. */
    String fingerprint(ContainerRequest request, ImageInfo image) {
        List<String> words = new ArrayList<>();
        add(words, "inputs", inputs);
        add(words, "image", image.id());
        request.entrypoint().forEach(word -> add(words, "entrypoint", word));
        request.command().forEach(word -> add(words, "command", word));
        new TreeMap<>(request.environment()).forEach((name, value) -> {
            add(words, "variable", name);
            add(words, "value", value);
        });
        request.mounts().forEach(mount -> add(words, mount.getClass().getSimpleName(), bounded(mount)));
        add(words, "limits", request.limits().toString());
        add(words, "user", request.user().toString());
        add(words, "network", request.network().orElse(""));
        add(words, "directory", request.workingDirectory().orElse(""));
        return digest(words);
    }

    private static String bounded(Mount mount) {
        if (mount instanceof Mount.Volume volume) {
            return volume.toString();
        }
        return mount instanceof Mount.OutputDirectory output
                ? mount.target() + " " + output.maxBytes() + " " + output.maxFiles()
                : mount.target();
    }

    private static void add(List<String> words, String kind, String word) {
        words.add(kind);
        words.add(word);
    }

    private static String digest(List<String> words) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String word : words) {
                byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
                // With its length first, no two lists read the same.
                digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
