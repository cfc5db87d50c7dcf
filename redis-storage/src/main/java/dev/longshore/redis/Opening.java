package dev.longshore.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * The way to one connection, from the name to the end of the TLS handshake. It keeps hold of the socket, so that another
 * thread can end what hangs: in the handshakes as well, and without the farewell that TLS would first want to send.
 */
final class Opening extends DefaultJedisSocketFactory {
    private static final Logger LOG = LoggerFactory.getLogger(Redis.class);

    private final HostAndPort node;
    private final @Nullable SSLSocketFactory tls;
    private final int timeoutMillis;
    private final Thread user = Thread.currentThread();
    private final long sinceNanos = System.nanoTime();

    private volatile @Nullable Socket socket;
    private volatile boolean cut;

    /**
     * Opens nothing yet.
     *
     * @param timeoutMillis how long the connect, and each answer during the handshakes, may take
     */
    Opening(HostAndPort node, @Nullable SSLSocketFactory tls, int timeoutMillis) {
        super(node);
        this.node = node;
        this.tls = tls;
        this.timeoutMillis = timeoutMillis;
    }

    @Override
    public Socket createSocket() {
        try {
            Socket connected = connect();
            return tls == null ? connected : handshake(connected, tls);
        } catch (IOException e) {
            closeSocket();
            throw new JedisConnectionException("Failed to connect to " + node + ": " + e.getMessage(), e);
        }
    }

    private Socket connect() throws IOException {
        List<InetAddress> addresses = Arrays.asList(InetAddress.getAllByName(node.getHost()));
        Collections.shuffle(addresses);
        IOException last = null;
        for (InetAddress address : addresses) {
            Socket next = new LastWordSocket();
            hold(next);
            try {
                next.setKeepAlive(true);
                next.setTcpNoDelay(true);
                // A close is meant to be one: nothing is left to send, and nobody waits for it.
                next.setSoLinger(true, 0);
                next.connect(new InetSocketAddress(address, node.getPort()), timeoutMillis);
                next.setSoTimeout(timeoutMillis);
                return next;
            } catch (IOException e) {
                closeSocket();
                if (last != null) {
                    e.addSuppressed(last);
                }
                last = e;
            }
        }
        throw last != null ? last : new IOException("the host has no address");
    }

    private Socket handshake(Socket connected, SSLSocketFactory factory) throws IOException {
        SSLSocket secured = (SSLSocket) factory.createSocket(connected, node.getHost(), node.getPort(), true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    private void hold(Socket next) throws IOException {
        socket = next;
        if (cut) {
            next.close();
        }
    }

    /** Ends the connection, or the attempt to make it, at once. */
    void cut() {
        cut = true;
        closeSocket();
    }

    void cutIfInterrupted(long nowNanos, long interruptedNanos) {
        if (nowNanos - sinceNanos > interruptedNanos && user.isInterrupted()) {
            cut();
        }
    }

    private void closeSocket() {
        Socket held = socket;
        if (held != null) {
            try {
                held.close();
            } catch (IOException e) {
                // Nobody could do more about it, and who cuts a link has others to see to.
                LOG.debug("a connection to {} does not close", node, e);
            }
        }
    }
}
