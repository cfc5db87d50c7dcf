package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import org.junit.jupiter.api.Test;

class LastWordSocketTest {
    private static final byte[] REASON = "-ERR max number of clients reached\r\n".getBytes(US_ASCII);
    private static final byte[] REQUEST = "PING\r\n".getBytes(US_ASCII);

    /** Has the other side say why and hang up, before this one has written anything. */
    private static void connectAndBeRefused(Socket socket) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            socket.connect(server.getLocalSocketAddress());
            try (Socket other = server.accept()) {
                // The end is a reset, as it is when a Redis closes before it has read all there is.
                other.setSoLinger(true, 0);
                other.getOutputStream().write(REASON);
            }
        }
    }

    @Test
    void whatTheOtherSideSaidLastIsReadAfterWritesThatFailed() throws Exception {
        try (Socket socket = new LastWordSocket()) {
            connectAndBeRefused(socket);
            OutputStream out = socket.getOutputStream();

            out.write(REQUEST);
            out.write(REQUEST);
            out.write('\n');

            assertThat(socket.getInputStream().readNBytes(REASON.length)).isEqualTo(REASON);
            assertThat(socket.getInputStream().read()).as("nothing more").isNegative();
        }
    }

    @Test
    void aWriteToAnySocketWouldHaveFailed() throws Exception {
        try (Socket socket = new Socket()) {
            connectAndBeRefused(socket);

            assertThatExceptionOfType(SocketException.class)
                    .isThrownBy(() -> socket.getOutputStream().write(REQUEST));
        }
    }

    @Test
    void aWriteAfterOnesOwnCloseFails() throws Exception {
        Socket socket = new LastWordSocket();
        connectAndBeRefused(socket);
        OutputStream out = socket.getOutputStream();

        socket.close();

        assertThatExceptionOfType(SocketException.class).isThrownBy(() -> out.write(REQUEST));
    }
}
