package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttachedOutputTest {
    private final RecordingListener listener = new RecordingListener();
    private final AttachedOutput output = new AttachedOutput(listener);

    private static byte[] frame(int stream, byte[] payload) {
        return ByteBuffer.allocate(8 + payload.length)
                .put(new byte[] {(byte) stream, 0, 0, 0})
                .putInt(payload.length)
                .put(payload)
                .array();
    }

    private static byte[] frame(int stream, String text) {
        return frame(stream, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(all::writeBytes);
        return all.toByteArray();
    }

    @Test
    void streamsAreToldApartAndLinesJoinedAcrossFrames() throws IOException {
        output.read(new ByteArrayInputStream(join(
                frame(1, "on"), frame(2, "err\r\n"), frame(1, "e\ntwo\n\nthr"), frame(1, "ee"), frame(2, "last"))));

        assertThat(listener.stdout).containsExactly("one", "two", "", "three");
        assertThat(listener.stderr).containsExactly("err", "last");
        assertThat(output.stderrTail()).containsExactly("err", "last");
    }

    @Test
    void characterCutByAFrameIsWhole() throws IOException {
        byte[] euro = "€\n".getBytes(StandardCharsets.UTF_8);

        output.read(new ByteArrayInputStream(
                join(frame(1, Arrays.copyOf(euro, 1)), frame(1, Arrays.copyOfRange(euro, 1, euro.length)))));

        assertThat(listener.stdout).containsExactly("€");
    }

    @Test
    void malformedBytesAreReplaced() throws IOException {
        output.read(new ByteArrayInputStream(frame(1, new byte[] {'a', (byte) 0xff, 'b', '\n'})));

        assertThat(listener.stdout).containsExactly("a\ufffdb");
    }

    @ParameterizedTest
    @ValueSource(ints = {65535, 65536, 65537})
    void lineIsCutAtItsBound(int length) throws IOException {
        output.read(new ByteArrayInputStream(frame(1, "x".repeat(length) + "\nnext\n")));

        boolean cut = length > ContainerListener.MAX_LINE_BYTES;
        assertThat(listener.stdout.get(0))
                .isEqualTo("x".repeat(Math.min(length, 65536)) + (cut ? ContainerListener.TRUNCATED : ""));
        assertThat(listener.stdout.get(1)).isEqualTo("next");
    }

    /** The length in a header is a claim of the other side; four gigabytes must not be set aside for it. */
    @Test
    void claimedLengthCostsNothing() {
        byte[] header = {1, 0, 0, 0, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 'x'};

        assertThatThrownBy(() -> output.read(new ByteArrayInputStream(header))).isInstanceOf(EOFException.class);
    }

    @Test
    void halfAHeaderAndAnUnknownStreamAreErrors() {
        assertThatThrownBy(() -> output.read(new ByteArrayInputStream(new byte[] {1, 0, 0})))
                .isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> output.read(new ByteArrayInputStream(frame(7, "x"))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("7");
    }

    @Test
    void tailKeepsTheLastLinesWithinItsBounds() throws IOException {
        for (int i = 0; i < 1000; i++) {
            output.read(new ByteArrayInputStream(frame(2, "line " + i + "\n")));
        }
        assertThat(output.stderrTail()).hasSize(50).last().isEqualTo("line 999");

        output.read(new ByteArrayInputStream(frame(2, "y".repeat(60_000) + "\n")));
        assertThat(output.stderrTail()).isEqualTo(List.of("y".repeat(32 << 10)));
    }

    @Test
    @Tag("slow")
    void lineOfTenGigabytesFitsInASmallHeap() throws IOException {
        long frames = 10_000_000_000L / (1 << 20);
        byte[] one = frame(1, "z".repeat(1 << 20));
        InputStream flood = new InputStream() {
            private long left = frames * one.length;
            private int at;

            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                if (left == 0) {
                    return -1;
                }
                int count = Math.min(length, one.length - at);
                System.arraycopy(one, at, bytes, offset, count);
                at = (at + count) % one.length;
                left -= count;
                return count;
            }
        };

        output.read(new SequenceInputStream(flood, new ByteArrayInputStream(frame(1, "\nnext\n"))));

        assertThat(listener.stdout).hasSize(2).last().isEqualTo("next");
        assertThat(listener.stdout.get(0)).endsWith(ContainerListener.TRUNCATED);
    }
}
