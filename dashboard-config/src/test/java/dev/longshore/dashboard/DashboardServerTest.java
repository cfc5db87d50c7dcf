package dev.longshore.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jobrunr.jobs.Job;
import org.jobrunr.storage.InMemoryStorageProvider;
import org.jobrunr.storage.StorageException;
import org.jobrunr.storage.ThreadSafeStorageProvider;
import org.jobrunr.storage.listeners.StorageProviderChangeListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is answered, and how the server starts, stops and bears bad clients. */
class DashboardServerTest {
    private static final Duration HEARTBEAT = Duration.ofMillis(200);

    private final InMemoryStorageProvider storage = Stored.empty();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        storage.close();
    }

    private DashboardServer serve() throws DashboardStartException {
        DashboardServer server =
                DashboardServer.start(DashboardSettings.builder().port(0).build(), storage, HEARTBEAT);
        open.add(server);
        return server;
    }

    private static HttpResponse<String> get(DashboardServer server, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(server.uri().resolve(path))
                                .timeout(Duration.ofSeconds(20))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void thePageMayLoadAndCallNothingButUs() throws Exception {
        HttpResponse<String> page = get(serve(), "/dashboard/overview");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("<div id=\"root\">");
        List<String> policies = page.headers().allValues("Content-Security-Policy");
        assertThat(policies)
                .anySatisfy(policy -> assertThat(policy)
                        .contains(
                                "default-src 'none'",
                                "script-src 'self'",
                                "connect-src 'self'",
                                "frame-ancestors 'none'"))
                .as("and scripts need the nonce that JobRunr gives them")
                .anySatisfy(policy -> assertThat(policy).contains("script-src 'nonce-"));
        assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(page.headers().map()).doesNotContainKey("Server");
    }

    @Test
    void scriptsMayBeKeptAndAnswersMayNot() throws Exception {
        DashboardServer server = serve();
        Matcher script = Pattern.compile("src=\"(/dashboard/static/js/index[^\"]+)\"")
                .matcher(get(server, "/dashboard").body());
        assertThat(script.find()).isTrue();

        assertThat(get(server, script.group(1)).headers().firstValue("Cache-Control"))
                .hasValueSatisfying(
                        value -> assertThat(value).startsWith("private").contains("immutable"));
        assertThat(get(server, "/dashboard/static/js/none.js").statusCode()).isEqualTo(404);
        assertThat(get(server, "/dashboard/static/js/none.js").headers().firstValue("Cache-Control"))
                .hasValue("no-store");
        assertThat(get(server, "/api/version").headers().firstValue("Cache-Control"))
                .hasValue("no-store");
    }

    @Test
    void anonymousUsageIsOff() throws Exception {
        assertThat(get(serve(), "/api/version").body())
                .contains("\"allowAnonymousDataUsage\":false")
                .doesNotContain("clusterId");
    }

    @Test
    void jobsAreListedAndShown() throws Exception {
        Job job = Stored.failed(storage);
        DashboardServer server = serve();

        assertThat(get(server, "/api/jobs?state=FAILED&offset=0&limit=20").body())
                .contains(job.getId().toString(), "flask@1a2b3c4 · blarify");
        assertThat(get(server, "/api/jobs/" + job.getId()).body()).contains("the analyser ended with 1");
    }

    @Test
    void aRequeueThatIsNoneIsAConflict() throws Exception {
        Job job = Stored.failed(storage);
        RawClient client = new RawClient(serve().address());

        assertThat(client.send("POST", "/api/jobs/" + job.getId() + "/requeue").status())
                .isEqualTo(204);
        assertThat(client.send("POST", "/api/jobs/" + job.getId() + "/requeue").status())
                .isEqualTo(409);
    }

    @Test
    void recurringJobsAreTriggeredAndDeleted() throws Exception {
        Stored.recurring(storage, "nightly");
        DashboardServer server = serve();
        RawClient client = new RawClient(server.address());

        assertThat(get(server, "/api/recurring-jobs?offset=0&limit=20").body()).contains("nightly");
        assertThat(client.send("POST", "/api/recurring-jobs/nightly/trigger").status())
                .isEqualTo(204);
        assertThat(client.send("POST", "/api/recurring-jobs/none/trigger").status())
                .isEqualTo(404);
        assertThat(client.send("DELETE", "/api/recurring-jobs/nightly").status())
                .isEqualTo(204);
        assertThat(storage.getRecurringJobs()).isEmpty();
    }

    @Test
    void aFailureGivesTheBrowserANameForItAndTheLogTheRest() throws Exception {
        DashboardServer server = DashboardServer.start(
                DashboardSettings.builder().port(0).build(), new ThreadSafeStorageProvider(storage) {
                    @Override
                    public Job getJobById(UUID id) {
                        throw new StorageException("secret-host:6379 said NOAUTH");
                    }
                });
        open.add(server);
        Logger logger = (Logger) LoggerFactory.getLogger(FrontDoor.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);

        HttpResponse<String> response;
        try {
            response = get(server, "/api/jobs/" + UUID.randomUUID());
        } finally {
            logger.detachAppender(log);
        }

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).doesNotContain("secret-host", "Exception", "at org.", "at dev.");
        Matcher id = Pattern.compile("[0-9a-f]{16}").matcher(response.body());
        assertThat(id.find()).isTrue();
        assertThat(log.list)
                .anySatisfy(event -> assertThat(event.getFormattedMessage())
                        .contains(id.group(), "secret-host:6379 said NOAUTH", "StorageException", "at dev.longshore"));
    }

    @Test
    void anAnswerThatFailsHalfwayIsAFailureAsAWhole() throws Exception {
        DashboardServer server = DashboardServer.start(
                DashboardSettings.builder().port(0).build(), new ThreadSafeStorageProvider(storage) {
                    @Override
                    public org.jobrunr.storage.JobRunrMetadata getMetadata(String name, String owner) {
                        return new org.jobrunr.storage.JobRunrMetadata(name, owner, "x") {
                            @Override
                            public String getValue() {
                                throw new IllegalStateException("halfway");
                            }
                        };
                    }
                });
        open.add(server);

        assertThat(get(server, "/api/metadata/a/b?format=jsonValue").statusCode())
                .isEqualTo(500);
    }

    private static BufferedReader events(Socket socket, String path) throws IOException {
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        assertThat(reader.readLine()).isEqualTo("HTTP/1.1 200 OK");
        return reader;
    }

    private static String await(BufferedReader reader, String start) throws IOException {
        while (true) {
            String line = reader.readLine();
            assertThat(line).as("the stream goes on until " + start).isNotNull();
            if (line.startsWith(start)) {
                return line;
            }
        }
    }

    @Test
    void eventsArriveAndAStopEndsTheirStream() throws Exception {
        Stored.failed(storage);
        DashboardServer server = serve();
        try (Socket socket = new RawClient(server.address()).open()) {
            BufferedReader reader = events(socket, "/sse/jobstats");

            assertThat(await(reader, "data: {")).contains("\"failed\":1");
            server.close();

            assertThat(await(reader, "event: close")).isEqualTo("event: close");
            while (reader.readLine() != null) {
                // what remains of the stream's end
            }
        }
        assertThat(server.streams()).isZero();
    }

    @Test
    void aBrowserThatHasGoneIsNoticedWhereNothingHappens() throws Exception {
        List<StorageProviderChangeListener> listeners = java.util.Collections.synchronizedList(new ArrayList<>());
        DashboardServer server = DashboardServer.start(
                DashboardSettings.builder().port(0).build(),
                new ThreadSafeStorageProvider(storage) {
                    @Override
                    public void addJobStorageOnChangeListener(StorageProviderChangeListener listener) {
                        listeners.add(listener);
                        super.addJobStorageOnChangeListener(listener);
                    }

                    @Override
                    public void removeJobStorageOnChangeListener(StorageProviderChangeListener listener) {
                        listeners.remove(listener);
                        super.removeJobStorageOnChangeListener(listener);
                    }
                },
                HEARTBEAT);
        open.add(server);
        RawClient client = new RawClient(server.address());
        for (int i = 0; i < EventStreams.MOST; i++) {
            Socket socket = client.open();
            open.add(socket);
            await(events(socket, "/sse/servers"), ":");
        }
        assertThat(server.streams()).isEqualTo(EventStreams.MOST);
        assertThat(client.send("GET", "/sse/servers").status()).isEqualTo(503);
        assertThat(client.send("GET", "/api/version").status()).isEqualTo(200);

        for (AutoCloseable socket : open.subList(1, open.size())) {
            socket.close();
        }

        eventually(() -> server.streams() == 0 && listeners.isEmpty());
        try (Socket socket = client.open()) {
            await(events(socket, "/sse/servers"), ":");
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    /** Nothing tells a client that a server has noticed its absence. */
    private static void eventually(Condition condition) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    @Test
    void clientsThatSendSlowlyKeepNobodyElseOut() throws Exception {
        DashboardServer server = serve();
        RawClient client = new RawClient(server.address());
        for (int i = 0; i < 4 * RequestThreads.MOST; i++) {
            Socket slow = client.open();
            open.add(slow);
            slow.getOutputStream()
                    .write("GET /api/version HTTP/1.1\r\nHost: localhost\r\nX-Slow: ".getBytes(StandardCharsets.UTF_8));
        }

        // If nobody cared who waits, each of the slow ones would have a thread for 10 s: 40 s for all of them.
        long start = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            assertThat(client.send("GET", "/api/version").status()).isEqualTo(200);
        }

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void aHeadOfAnySizeIsNotRead() throws Exception {
        RawClient client = new RawClient(serve().address());
        String much = "x".repeat(1 << 20);

        assertThatThrownBy(() -> client.send("GET", "/api/version", "X-Much: " + much))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> client.send("GET", "/" + much)).isInstanceOf(IOException.class);
        assertThat(client.send("GET", "/api/version?" + "x".repeat(4000)).status())
                .isEqualTo(400);
    }

    @Test
    void aPortThatIsTakenIsSaidToBe() throws Exception {
        DashboardServer first = serve();
        DashboardSettings second =
                DashboardSettings.builder().port(first.address().getPort()).build();

        assertThatThrownBy(() -> DashboardServer.start(second, storage))
                .isInstanceOfSatisfying(
                        DashboardStartException.class,
                        e -> assertThat(e.address()).isEqualTo(first.address()))
                .hasMessageContaining("127.0.0.1:" + first.address().getPort());
    }

    @Test
    void afterAStopNothingOfItIsLeft() throws Exception {
        DashboardServer server = serve();
        get(server, "/dashboard");
        get(server, "/api/problems");
        URI uri = server.uri();

        server.close();
        server.close();

        assertThatThrownBy(() -> get(server, "/dashboard")).isInstanceOf(IOException.class);
        eventually(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("longshore-dashboard")));
        DashboardServer again = DashboardServer.start(
                DashboardSettings.builder().port(uri.getPort()).build(), storage);
        open.add(again);
        assertThat(get(again, "/api/version").statusCode()).isEqualTo(200);
    }
}
