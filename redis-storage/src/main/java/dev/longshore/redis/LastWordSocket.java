package dev.longshore.redis;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket on which the other side has the last word. A Redis that does not want a client says why and hangs up, often before
 * the client has written all it meant to; the write that fails then must not end the connection, for the reason (a TLS
 * alert, an error line) lies there to be read. So what is written to a broken connection is dropped, and the next read says
 * why, or that the stream has ended.
 */
final class LastWordSocket extends Socket {
    private static final Logger LOG = LoggerFactory.getLogger(Redis.class);

    @Override
    public OutputStream getOutputStream() throws IOException {
        return new LastWordStream(super.getOutputStream());
    }

    private final class LastWordStream extends FilterOutputStream {
        LastWordStream(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                if (isClosed()) {
                    // On our side, where no read would tell more.
                    throw e;
                }
                LOG.debug("a write to {} failed; the next read tells why", getRemoteSocketAddress(), e);
            }
        }
    }
}
