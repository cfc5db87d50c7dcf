package dev.longshore.integration.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** One page of a {@link Chromium}, steered through its DevTools protocol. */
final class BrowserPage {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();
    private final List<JsonNode> events = new ArrayList<>();
    private volatile String user = "";
    private volatile String password = "";
    private WebSocket socket;

    @SuppressWarnings("NullAway.Init") // the socket needs the page, and the page the socket
    private BrowserPage() {}

    static BrowserPage connect(URI debugger) throws IOException, InterruptedException {
        BrowserPage page = attach(debugger);
        page.call("Page.enable");
        page.call("Network.enable");
        page.call("Runtime.enable");
        page.call("Log.enable");
        return page;
    }

    private static BrowserPage attach(URI debugger) throws IOException, InterruptedException {
        BrowserPage page = new BrowserPage();
        page.socket = get(HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(debugger, page.new Messages()));
        return page;
    }

    /** Ends the browser as a person would, so that it finishes its files. */
    static void closeBrowser(URI debugger) throws IOException, InterruptedException {
        attach(debugger).call("Browser.close");
    }

    /** Answers when the server asks for credentials, as a person at the browser's dialog does. */
    void signInAs(String name, String secret) throws IOException, InterruptedException {
        user = name;
        password = secret;
        call("Fetch.enable", "handleAuthRequests", true);
    }

    private final class Messages implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                String whole = text.toString();
                text.setLength(0);
                try {
                    take(JSON.readTree(whole));
                } catch (IOException e) {
                    throw new AssertionError("not the protocol: " + whole, e);
                }
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }
    }

    private void take(JsonNode message) {
        if (message.has("id")) {
            CompletableFuture<JsonNode> call = calls.remove(message.path("id").asInt());
            if (call != null) {
                call.complete(message);
            }
            return;
        }
        JsonNode parameters = message.path("params");
        switch (message.path("method").asText()) {
            case "Fetch.requestPaused" ->
                post(
                        "Fetch.continueRequest",
                        request("requestId", parameters.path("requestId").asText()));
            case "Fetch.authRequired" -> {
                ObjectNode answer =
                        request("requestId", parameters.path("requestId").asText());
                answer.putObject("authChallengeResponse")
                        .put("response", "ProvideCredentials")
                        .put("username", user)
                        .put("password", password);
                post("Fetch.continueWithAuth", answer);
            }
            default -> {
                synchronized (events) {
                    events.add(message);
                    events.notifyAll();
                }
            }
        }
    }

    private static ObjectNode request(String name, Object value) {
        return JSON.createObjectNode().putPOJO(name, value);
    }

    private int post(String method, ObjectNode parameters) {
        int id = lastId.incrementAndGet();
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", parameters);
        synchronized (this) {
            // One message at a time is the socket's rule.
            sending = sending.handle((sent, e) -> null).thenCompose(none -> socket.sendText(message.toString(), true));
        }
        return id;
    }

    private CompletableFuture<?> sending = CompletableFuture.completedFuture(null);

    private JsonNode call(String method) throws IOException, InterruptedException {
        return call(method, JSON.createObjectNode());
    }

    private JsonNode call(String method, String name, Object value) throws IOException, InterruptedException {
        return call(method, request(name, value));
    }

    private JsonNode call(String method, ObjectNode parameters) throws IOException, InterruptedException {
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        synchronized (this) {
            calls.put(lastId.get() + 1, answer);
            post(method, parameters);
        }
        JsonNode message = get(answer);
        if (message.has("error")) {
            throw new IOException(method + ": " + message.path("error"));
        }
        return message.path("result");
    }

    private static <T> T get(CompletableFuture<T> future) throws IOException, InterruptedException {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the browser does not answer", e);
        }
    }

    void go(String url) throws IOException, InterruptedException {
        JsonNode result = call("Page.navigate", "url", url);
        if (result.has("errorText")) {
            throw new IOException(url + ": " + result.path("errorText").asText());
        }
    }

    /** The value of an expression in the page. */
    JsonNode value(String expression) throws IOException, InterruptedException {
        ObjectNode parameters = request("expression", expression);
        parameters.put("awaitPromise", true).put("returnByValue", true);
        JsonNode result = call("Runtime.evaluate", parameters);
        if (result.has("exceptionDetails")) {
            throw new IOException(expression + ": " + result.path("exceptionDetails"));
        }
        return result.path("result").path("value");
    }

    String text() throws IOException, InterruptedException {
        return value("document.body ? document.body.innerText : ''").asText();
    }

    /** Waits until the page shows all of these, in capitals or not; asks again and again, as a page does not say when it has drawn. */
    void awaitText(String... parts) throws IOException, InterruptedException {
        awaitTrue(
                "(t => " + JSON.valueToTree(parts)
                        + ".every(p => t.includes(p.toLowerCase())))((document.body?.innerText ?? '').toLowerCase())",
                List.of(parts).toString());
    }

    void awaitTrue(String expression, String what) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String last = "";
        while (true) {
            try {
                JsonNode value = value(expression);
                if (value.asBoolean()) {
                    return;
                }
                last = value.toString();
            } catch (IOException e) {
                last = String.valueOf(e.getMessage()); // between two pages there is none to ask
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the page does not come to " + what + " (" + last + "); it shows:\n" + text());
            }
            Thread.sleep(50);
        }
    }

    void screenshot(Path file) throws IOException, InterruptedException {
        Files.createDirectories(file.resolveSibling("."));
        JsonNode result = call("Page.captureScreenshot", "format", "png");
        Files.write(file, Base64.getDecoder().decode(result.path("data").asText()));
    }

    /** What has happened since the page was opened, by the name of the event. */
    List<JsonNode> events(String method) {
        synchronized (events) {
            return events.stream()
                    .filter(event -> event.path("method").asText().equals(method))
                    .map(event -> event.path("params"))
                    .toList();
        }
    }
}
