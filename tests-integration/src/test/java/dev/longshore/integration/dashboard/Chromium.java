package dev.longshore.integration.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Chromium without a screen, with a profile of its own; writes down every request that it makes. */
final class Chromium implements AutoCloseable {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");
    private static final Pattern DEBUGGER = Pattern.compile("DevTools listening on (ws://.*)");
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(20);

    private final Process process;
    private final Path networkLog;
    private final URI debugger;

    private Chromium(Process process, Path networkLog, URI debugger) {
        this.process = process;
        this.networkLog = networkLog;
        this.debugger = debugger;
    }

    /** @param directory for its profile, its log and its sockets; its path is short */
    static Chromium start(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Path networkLog = directory.resolve("network.json");
        List<String> command = new ArrayList<>(List.of(
                executable(),
                "--headless=new",
                "--remote-debugging-port=0",
                "--user-data-dir=" + directory.resolve("profile"),
                "--log-net-log=" + networkLog,
                "--window-size=1280,1000",
                "--hide-scrollbars",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                // What a browser calls by itself is not the pages' doing.
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-default-apps",
                "--disable-domain-reliability",
                "--disable-sync",
                "--no-pings",
                // Nothing leaves this machine, whatever the pages try.
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"));
        if (System.getProperty("user.name", "").equals("root")) {
            command.add("--no-sandbox"); // it refuses root otherwise
        }
        command.add("about:blank");
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        // Its sockets go with the directory.
        builder.environment().put("TMPDIR", directory.toString());
        Process process = builder.start();
        CompletableFuture<URI> debugger = new CompletableFuture<>();
        Thread reader = new Thread(() -> read(process, debugger), "chromium-stderr");
        reader.setDaemon(true);
        reader.start();
        try {
            return new Chromium(process, networkLog, debugger.get(START.toSeconds(), TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            process.destroyForcibly();
            throw new IOException("Chromium did not start", e);
        }
    }

    private static String executable() {
        for (String directory : System.getenv("PATH").split(":", -1)) {
            for (String name : NAMES) {
                Path candidate = Path.of(directory, name);
                if (Files.isExecutable(candidate)) {
                    return candidate.toString();
                }
            }
        }
        throw new AssertionError("no Chromium on PATH; ./verify installs it");
    }

    private static void read(Process process, CompletableFuture<URI> debugger) {
        StringBuilder said = new StringBuilder();
        try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher matcher = DEBUGGER.matcher(line);
                if (matcher.matches()) {
                    debugger.complete(URI.create(matcher.group(1)));
                }
                said.append(said.length() < 10_000 ? line + "\n" : "");
            }
            debugger.completeExceptionally(new IOException("it ended and said: " + said));
        } catch (IOException e) {
            debugger.completeExceptionally(e);
        }
    }

    /** A new empty page. */
    BrowserPage open() throws IOException, InterruptedException {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(
                                        URI.create("http://" + debugger.getAuthority() + "/json/new?about:blank"))
                                .PUT(HttpRequest.BodyPublishers.noBody())
                                .timeout(START)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        JsonNode target = new ObjectMapper().readTree(answer.body());
        return BrowserPage.connect(
                URI.create(target.path("webSocketDebuggerUrl").asText()));
    }

    /**
     * Ends the browser and gives the URLs that its pages made it request, as its network stack saw them.
     *
     * @param origin of the pages
     */
    List<String> stopAndReadRequests(String origin) throws IOException, InterruptedException {
        BrowserPage.closeBrowser(debugger);
        assertThat(process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS))
                .as("Chromium ends")
                .isTrue();
        JsonNode log = new ObjectMapper().readTree(Files.readString(networkLog));
        List<String> urls = new ArrayList<>();
        for (JsonNode event : log.path("events")) {
            JsonNode parameters = event.path("params");
            boolean byPage = parameters.path("initiator").asText().startsWith(origin);
            if (parameters.has("url")
                    && (byPage || parameters.path("url").asText().startsWith(origin))) {
                urls.add(parameters.path("url").asText());
            }
        }
        return urls;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
