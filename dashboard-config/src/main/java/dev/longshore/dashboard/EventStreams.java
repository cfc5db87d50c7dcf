package dev.longshore.dashboard;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jobrunr.dashboard.JobRunrSseHandler;
import org.jobrunr.dashboard.server.sse.SseExchange;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.utils.mapper.JsonMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams of events, at most {@link #MOST}. JobRunr's own would be written by the storage's one notifying thread, which
 * a browser that does not read stops for all, and would keep those whose browser went while nothing happened.
 */
final class EventStreams extends JobRunrSseHandler {
    private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);

    /** JobRunr refuses, without closing the connection, what is beyond its own limit of 41. */
    static final int MOST = 40;

    private final Watchdog watchdog;
    private final Duration heartbeat;
    private final Map<EventStream, HttpExchange> open = new ConcurrentHashMap<>();
    private final ExecutorService threads =
            // More than streams, as a thread ends a little after its stream.
            new ThreadPoolExecutor(0, 2 * MOST, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                Thread thread = new Thread(task, "longshore-dashboard-events");
                thread.setDaemon(true);
                return thread;
            });
    private boolean closed;

    EventStreams(StorageProvider storage, JsonMapper json, Watchdog watchdog, Duration heartbeat) {
        super(storage, json);
        this.watchdog = watchdog;
        this.heartbeat = heartbeat;
    }

    private static final class View extends ExchangeView {
        private final HttpExchange exchange;
        private final EventStream stream;

        View(HttpExchange exchange, EventStream stream) {
            super(exchange);
            this.exchange = exchange;
            this.stream = stream;
        }

        @Override
        public Headers getResponseHeaders() {
            return exchange.getResponseHeaders();
        }

        @Override
        public OutputStream getResponseBody() {
            return stream;
        }

        @Override
        public void sendResponseHeaders(int status, long length) throws IOException {
            AnswerHeaders.set(
                    exchange.getResponseHeaders(),
                    exchange.getResponseHeaders().getFirst("Content-Type"),
                    exchange.getRequestURI().getPath(),
                    status);
            exchange.sendResponseHeaders(status, length);
        }

        @Override
        public int getResponseCode() {
            return exchange.getResponseCode();
        }

        @Override
        public void close() {
            stream.close();
        }
    }

    /** Opens a stream, unless it is refused; returns while it goes on. */
    synchronized Optional<Refusal> open(HttpExchange exchange) throws IOException {
        if (!isKnown(exchange.getRequestURI().getRawPath())) {
            return Optional.of(Refusal.NOT_FOUND);
        }
        if (closed || open.size() >= MOST) {
            return Optional.of(Refusal.TOO_MANY_STREAMS);
        }
        EventStream stream = new EventStream(heartbeat);
        open.put(stream, exchange);
        boolean sending = false;
        try {
            handle(new View(exchange, stream));
            sending = true;
        } finally {
            if (!sending) {
                stream.close();
                open.remove(stream);
            }
        }
        return Optional.empty();
    }

    private static boolean isKnown(String path) {
        if (path.equals("/sse/jobstats") || path.equals("/sse/servers")) {
            return true;
        }
        if (!path.startsWith("/sse/jobs/")) {
            return false;
        }
        try {
            return !UUID.fromString(path.substring("/sse/jobs/".length()))
                    .toString()
                    .isEmpty();
        } catch (IllegalArgumentException e) {
            return false; // no job's id
        }
    }

    @Override
    protected SseExchange createSseExchange(HttpExchange exchange) throws IOException {
        SseExchange events = super.createSseExchange(exchange);
        View view = (View) exchange;
        try {
            threads.execute(() -> send(view, events));
        } catch (RejectedExecutionException e) {
            events.close();
            throw e;
        }
        return events;
    }

    private void send(View view, SseExchange events) {
        try {
            view.stream.send(view.exchange, watchdog);
        } catch (IOException e) {
            LOG.debug("a stream of events ended: the browser has gone", e);
        } catch (InterruptedException e) {
            LOG.debug("a stream of events ended with the dashboard");
        } finally {
            // JobRunr's part learns of it by this alone, and stops listening to the storage.
            events.close();
            open.remove(view.stream);
            view.exchange.close();
        }
    }

    int count() {
        return open.size();
    }

    /** Tells the browsers that it is over, and waits a little for them to take that. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        super.close();
        open.keySet().forEach(EventStream::close);
        threads.shutdown();
        try {
            if (!threads.awaitTermination(1, TimeUnit.SECONDS)) {
                threads.shutdownNow(); // an interrupt ends what a browser does not take
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
