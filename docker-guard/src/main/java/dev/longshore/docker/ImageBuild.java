package dev.longshore.docker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * An image to build from a Dockerfile. The build's steps run without network unless {@link Builder#network} allows it.
 *
 * @param tag name given to the image
 * @param context the files the Dockerfile sees, by relative name; one of them is {@code Dockerfile}
 * @param arguments build arguments; never secrets, they stay readable in the image
 * @param labels labels of the image
 * @param network whether build steps may use the network
 * @param deadline how long the build may take
 */
public record ImageBuild(
        String tag,
        Map<String, Content> context,
        Map<String, String> arguments,
        Map<String, String> labels,
        boolean network,
        Duration deadline) {

    private static final Pattern NAME =
            Pattern.compile("(?!.*(?:^|/)\\.{1,2}(?:/|$))[^/\\x00-\\x1f]+(?:/[^/\\x00-\\x1f]+)*");

    /** What a file of the context holds: bytes, or a regular file to read when the build starts. */
    public sealed interface Content {
        /** Held in memory. */
        @SuppressWarnings("ArrayRecordComponent") // Never compared; the builder copies it in.
        record Bytes(byte[] bytes) implements Content {}

        /** Read from disk. */
        record File(Path path) implements Content {}
    }

    public ImageBuild {
        ImageReference.require(tag);
        context = Map.copyOf(context);
        arguments = Map.copyOf(arguments);
        labels = Map.copyOf(labels);
        context.keySet().forEach(ImageBuild::requireRelative);
        if (!context.containsKey("Dockerfile")) {
            throw new IllegalArgumentException("the build context of " + tag + " has no Dockerfile");
        }
        DockerSettings.requireWait("the deadline", deadline);
    }

    /** A build without network and with a deadline of fifteen minutes. */
    public static Builder builder(String tag) {
        return new Builder(tag);
    }

    private static void requireRelative(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a file of a build context needs a relative name without . and ..: " + Text.quote(name));
        }
    }

    /** Collects a build; {@link #build} checks it. */
    public static final class Builder {
        private final String tag;
        private final Map<String, Content> context = new LinkedHashMap<>();
        private final Map<String, String> arguments = new LinkedHashMap<>();
        private final Map<String, String> labels = new LinkedHashMap<>();
        private boolean network;
        private Duration deadline = Duration.ofMinutes(15);

        private Builder(String tag) {
            this.tag = tag;
        }

        public Builder file(String name, byte[] bytes) {
            context.put(name, new Content.Bytes(bytes.clone()));
            return this;
        }

        public Builder file(String name, Path path) {
            context.put(name, new Content.File(path));
            return this;
        }

        public Builder argument(String name, String value) {
            arguments.put(name, value);
            return this;
        }

        public Builder label(String name, String value) {
            labels.put(name, value);
            return this;
        }

        public Builder network(boolean allowed) {
            network = allowed;
            return this;
        }

        public Builder deadline(Duration value) {
            deadline = value;
            return this;
        }

        /** The build; throws {@link IllegalArgumentException} if it makes no sense. */
        public ImageBuild build() {
            return new ImageBuild(tag, context, arguments, labels, network, deadline);
        }
    }
}
