package dev.longshore.docker;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Cuts bytes into lines, keeping at most {@link ContainerListener#MAX_LINE_BYTES} of each: a line may never end. */
final class Lines {
    private final Consumer<String> sink;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean truncated;

    Lines(Consumer<String> sink) {
        this.sink = sink;
    }

    void write(byte[] bytes, int offset, int length) {
        int start = offset;
        int end = offset + length;
        for (int i = offset; i < end; i++) {
            if (bytes[i] == '\n') {
                append(bytes, start, i - start);
                emit();
                start = i + 1;
            }
        }
        append(bytes, start, end - start);
    }

    /** Passes on a last line that has no line end. */
    void end() {
        if (line.size() > 0 || truncated) {
            emit();
        }
    }

    private void append(byte[] bytes, int offset, int length) {
        int room = ContainerListener.MAX_LINE_BYTES - line.size();
        line.write(bytes, offset, Math.min(room, length));
        truncated |= length > room;
    }

    private void emit() {
        String text = line.toString(StandardCharsets.UTF_8);
        if (text.endsWith("\r")) {
            text = text.substring(0, text.length() - 1);
        }
        String complete = truncated ? text + ContainerListener.TRUNCATED : text;
        line.reset();
        truncated = false;
        sink.accept(complete);
    }
}
