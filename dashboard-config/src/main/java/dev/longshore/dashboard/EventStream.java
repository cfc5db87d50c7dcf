package dev.longshore.dashboard;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Carries events to one browser. Whoever has an event writes it to memory and goes on; a thread of the stream's own sends
 * it. A browser that takes nothing, or has gone, is noticed and costs nobody else anything.
 *
 * <p>Written by one thread at a time, sent by {@link #send}.
 */
final class EventStream extends OutputStream {
    /** Far more than a browser that still reads is ever behind. */
    private static final int MOST_BEHIND = 4 << 20;

    /** How a browser that has gone is noticed where nothing happens. */
    private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.UTF_8);

    private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream();
    private final Duration heartbeat;
    private ByteArrayOutputStream events = new ByteArrayOutputStream();
    private boolean closed;

    EventStream(Duration heartbeat) {
        this.heartbeat = heartbeat;
    }

    @Override
    public synchronized void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        if (closed) {
            throw new IOException("the browser has gone");
        }
        if ((long) unfinished.size() + events.size() + length > MOST_BEHIND) {
            close();
            throw new IOException("the browser is more than " + MOST_BEHIND + " bytes behind");
        }
        unfinished.write(bytes, offset, length);
    }

    /** What has been written so far is whole events, and may be sent. */
    @Override
    public synchronized void flush() throws IOException {
        unfinished.writeTo(events);
        unfinished.reset();
        notifyAll();
    }

    /** The end: what has been flushed is still sent. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** Sends events until the stream is closed or the browser does not take them. */
    void send(HttpExchange exchange, Watchdog watchdog) throws IOException, InterruptedException {
        try {
            OutputStream browser = exchange.getResponseBody();
            send(HEARTBEAT, browser, watchdog); // with the headers, so that the browser sees that it is connected
            while (true) {
                byte[] next = next();
                if (next.length == 0) {
                    break;
                }
                send(next, browser, watchdog);
            }
            try (Watchdog.Watched watched = watchdog.watch(Watchdog.Phase.WRITING)) {
                exchange.close();
            }
        } finally {
            close();
        }
    }

    private static void send(byte[] bytes, OutputStream browser, Watchdog watchdog) throws IOException {
        try (Watchdog.Watched watched = watchdog.watch(Watchdog.Phase.WRITING)) {
            browser.write(bytes);
            browser.flush();
        }
    }

    /** The events there are, or a heartbeat if there is none for a while; nothing at the end. */
    private synchronized byte[] next() throws InterruptedException {
        long deadline = System.nanoTime() + heartbeat.toNanos();
        while (events.size() == 0 && !closed) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return HEARTBEAT;
            }
            wait(left);
        }
        byte[] next = events.toByteArray();
        events = new ByteArrayOutputStream();
        return next;
    }
}
