package dev.longshore.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A TCP proxy that passes bytes on, and on demand does to them what networks do. */
final class FaultProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final int target;
    private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean blackHole;
    private boolean refusing;
    private Duration delay = Duration.ZERO;
    /** How many bytes of answers still pass before the connection is cut; negative when it is not to be. */
    private long cutAfter = -1;

    private boolean refuseOnceCut;

    FaultProxy(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        daemon("proxy-accept", this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    String url() {
        return "redis://" + RedisServer.HOST + ":" + port();
    }

    /** How many connections it has taken. */
    int accepted() {
        return accepted.get();
    }

    /** Connections stay, and nothing passes any more in either direction, as when a cable is pulled. */
    void blackHole() {
        set(() -> blackHole = true);
    }

    /** New connections are closed at once, and those there are. */
    void refuse() {
        set(() -> refusing = true);
        cutAll();
    }

    /** Whatever passes, passes so much later. */
    void delay(Duration each) {
        set(() -> delay = each);
    }

    /** Cuts the connection on which this many more bytes of answers have come, once. */
    void cutAfter(long bytes) {
        set(() -> cutAfter = bytes);
    }

    /** The same, and until {@link #heal} no connection is made any more: who lost an answer cannot ask again. */
    void cutAndRefuseAfter(long bytes) {
        set(() -> {
            cutAfter = bytes;
            refuseOnceCut = true;
        });
    }

    /** All is well again; what a black hole held back passes now, unless its connection has ended. */
    void heal() {
        set(() -> {
            blackHole = false;
            refusing = false;
            delay = Duration.ZERO;
            cutAfter = -1;
            refuseOnceCut = false;
        });
    }

    void cutAll() {
        pairs.forEach(Pair::close);
    }

    private void set(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                accepted.incrementAndGet();
                if (isRefusing()) {
                    client.setSoLinger(true, 0);
                    client.close();
                    continue;
                }
                connect(client);
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new IllegalStateException("the proxy's port is lost", e);
                }
            }
        }
    }

    private boolean isRefusing() {
        lock.lock();
        try {
            return refusing;
        } finally {
            lock.unlock();
        }
    }

    private void connect(Socket client) throws IOException {
        Socket server = new Socket();
        try {
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
        } catch (IOException e) {
            // What is behind the proxy refuses: so does the proxy.
            client.setSoLinger(true, 0);
            client.close();
            server.close();
            return;
        }
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        Pair pair = new Pair(client, server);
        pairs.add(pair);
        daemon("proxy-requests", () -> pair.pump(client, server, false));
        daemon("proxy-answers", () -> pair.pump(server, client, true));
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private final class Pair {
        private final Socket client;
        private final Socket server;
        private volatile boolean closed;

        Pair(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void pump(Socket from, Socket to, boolean answers) {
            byte[] buffer = new byte[64 * 1024];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                int count;
                while ((count = in.read(buffer)) >= 0) {
                    int passing = admit(count, answers);
                    out.write(buffer, 0, passing);
                    if (passing < count) {
                        break;
                    }
                }
            } catch (IOException | InterruptedException e) {
                // A connection that ends ends for both sides, whatever the reason.
                closed = true;
            } finally {
                close();
            }
        }

        /** Waits until so many bytes may pass; returns how many of them do before the connection is cut. */
        private int admit(int count, boolean answers) throws InterruptedException {
            lock.lockInterruptibly();
            try {
                long nanos = delay.toNanos();
                while (nanos > 0 && !closed) {
                    nanos = changed.awaitNanos(nanos);
                }
                while (blackHole && !closed) {
                    changed.await();
                }
                if (closed) {
                    return 0;
                }
                if (answers && cutAfter >= 0) {
                    if (count > cutAfter) {
                        int passing = (int) cutAfter;
                        cutAfter = -1;
                        refusing = refusing || refuseOnceCut;
                        return passing;
                    }
                    cutAfter -= count;
                }
                return count;
            } finally {
                lock.unlock();
            }
        }

        void close() {
            closed = true;
            pairs.remove(this);
            for (Socket socket : new Socket[] {client, server}) {
                try {
                    socket.close();
                } catch (IOException e) {
                    throw new IllegalStateException("a socket that cannot be closed", e);
                }
            }
            set(() -> {});
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        listener.close();
        cutAll();
        heal();
        Waiting.until(pairs::isEmpty, "its connections end");
    }
}
