package dev.longshore.dashboard;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where every request comes in and every answer but a stream of events goes out. */
final class FrontDoor implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(FrontDoor.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final int LONGEST_TRACE = 16 << 10;

    private final Gate gate;
    private final JobRunrPages pages;
    private final EventStreams streams;
    private final Watchdog watchdog;

    FrontDoor(Gate gate, JobRunrPages pages, EventStreams streams, Watchdog watchdog) {
        this.gate = gate;
        this.pages = pages;
        this.streams = streams;
        this.watchdog = watchdog;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        watchdog.current().enter(Watchdog.Phase.WORKING);
        Route route = Route.of(String.valueOf(exchange.getRequestURI().getPath()));
        try {
            Optional<Refusal> refusal = gate.refusal(exchange, route);
            if (refusal.isPresent()) {
                refuse(exchange, refusal.get());
                return;
            }
            switch (route) {
                case ROOT -> redirect(exchange);
                case PAGES, API -> answer(exchange, route);
                case EVENTS -> {
                    Optional<Refusal> none = streams.open(exchange);
                    if (none.isPresent()) {
                        refuse(exchange, none.get());
                    }
                }
                case NOTHING -> refuse(exchange, Refusal.NOT_FOUND);
            }
        } catch (RuntimeException e) {
            // Nothing has been sent: a client that goes away is an IOException.
            failed(exchange, null, e);
        }
    }

    private void redirect(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Location", "/dashboard");
        send(exchange, 302, null, new byte[0]);
    }

    private void answer(HttpExchange exchange, Route route) throws IOException {
        Answer answer = new Answer(exchange);
        try {
            pages.answer(answer, route);
        } catch (RuntimeException e) {
            // JobRunr's pages run on any store: whatever they throw, the browser is to get an answer and the log all of
            // it.
            failed(exchange, answer, e);
            return;
        }
        int status = answer.getResponseCode();
        if (status < 200 || status >= 500) {
            failed(exchange, answer, null);
            return;
        }
        if (!exchange.getRequestMethod().equals("GET") && route == Route.API) {
            LOG.info(
                    "{} asked for {} {}: {}",
                    exchange.getRemoteAddress().getAddress().getHostAddress(),
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getRawPath(),
                    status);
        }
        exchange.getResponseHeaders().putAll(answer.getResponseHeaders());
        send(exchange, status, answer.getResponseHeaders().getFirst("Content-Type"), answer.body());
    }

    /** The browser gets a name for it, under which the log has all. */
    private void failed(HttpExchange exchange, @Nullable Answer answer, @Nullable RuntimeException e)
            throws IOException {
        String id = HexFormat.of().toHexDigits(RANDOM.nextLong());
        // JobRunr prints most failures into its answer.
        LOG.error(
                "dashboard failure {}: {} {}{}",
                id,
                exchange.getRequestMethod(),
                exchange.getRequestURI().getRawPath(),
                answer == null || e != null
                        ? ""
                        : " gave " + answer.getResponseCode() + "\n" + answer.text(LONGEST_TRACE),
                e);
        text(exchange, 500, "The dashboard could not do this. Its log says why, under " + id + ".");
    }

    private void refuse(HttpExchange exchange, Refusal refusal) throws IOException {
        LOG.debug(
                "refused {} from {}: {} {}",
                exchange.getRequestMethod(),
                exchange.getRemoteAddress(),
                refusal.status(),
                refusal.message());
        for (Map.Entry<String, String> header : refusal.headers().entrySet()) {
            exchange.getResponseHeaders().set(header.getKey(), header.getValue());
        }
        // With a body still to come the connection is of no more use, and one that guesses should pay for a new one.
        exchange.getResponseHeaders().set("Connection", "close");
        text(exchange, refusal.status(), refusal.message());
    }

    private void text(HttpExchange exchange, int status, String text) throws IOException {
        send(exchange, status, TEXT, (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private void send(HttpExchange exchange, int status, @Nullable String contentType, byte[] body) throws IOException {
        watchdog.current().enter(Watchdog.Phase.WRITING);
        if (contentType != null) {
            exchange.getResponseHeaders().set("Content-Type", contentType);
        }
        AnswerHeaders.set(
                exchange.getResponseHeaders(),
                contentType,
                exchange.getRequestURI().getPath(),
                status);
        boolean bodiless = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, bodiless ? -1 : body.length);
        if (!bodiless) {
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
        exchange.close();
    }
}
