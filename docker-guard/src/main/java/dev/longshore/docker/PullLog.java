package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Adds up what the daemon tells of a pull, message by message, layer by layer. */
final class PullLog {
    private static final Set<String> DONE = Set.of("Pull complete", "Already exists", "Download complete");
    private static final int MOST_LAYERS = 10_000;

    private final String reference;
    private final Consumer<PullProgress> listener;
    private final Map<String, Layer> layers = new HashMap<>();
    private volatile long lastMessage = System.nanoTime();

    PullLog(String reference, Consumer<PullProgress> listener) {
        this.reference = reference;
        this.listener = listener;
    }

    private record Layer(long bytes, long bytesDone, boolean done) {}

    /** The daemon's error, if this message is one: it comes under the status 200, as any other. */
    static String error(JsonNode message) {
        return message.path("errorDetail")
                .path("message")
                .asText(message.path("error").asText(""));
    }

    void add(JsonNode message) {
        lastMessage = System.nanoTime();
        String status = Text.oneLine(message.path("status").asText(""));
        String id = message.path("id").asText("");
        boolean layer = !id.isEmpty() && !status.startsWith("Pulling from");
        if (layer && (layers.containsKey(id) || layers.size() < MOST_LAYERS)) {
            layers.put(id, next(layers.getOrDefault(id, new Layer(0, 0, false)), message, status));
        }
        tell(status);
    }

    private static Layer next(Layer before, JsonNode message, String status) {
        JsonNode detail = message.path("progressDetail");
        if (status.equals("Downloading") && detail.path("total").asLong() > 0) {
            long total = detail.path("total").asLong();
            return new Layer(total, Math.min(total, detail.path("current").asLong()), false);
        }
        // What is downloaded may still be unpacked; its bytes are all there.
        return DONE.contains(status)
                ? new Layer(before.bytes(), before.bytes(), !status.equals("Download complete") || before.done())
                : before;
    }

    private void tell(String status) {
        int done = 0;
        long bytes = 0;
        long bytesDone = 0;
        for (Layer layer : layers.values()) {
            done += layer.done() ? 1 : 0;
            bytes += layer.bytes();
            bytesDone += layer.bytesDone();
        }
        PullProgress progress = new PullProgress(reference, layers.size(), done, bytes, bytesDone, status);
        try {
            listener.accept(progress);
        } catch (RuntimeException | Error e) {
            throw new DaemonStreams.ListenerException(e);
        }
    }

    /** The instant, by {@link System#nanoTime}, of the daemon's last word. */
    long lastMessage() {
        return lastMessage;
    }
}
