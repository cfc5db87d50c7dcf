package dev.longshore.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.storage.InMemoryStorageProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is let in: real requests, byte for byte, to a real server. */
class DashboardGateTest {
    private static final String USER = "operator";
    private static final String PASSWORD = "correct horse";

    private final InMemoryStorageProvider storage = Stored.empty();
    private final List<DashboardServer> servers = new ArrayList<>();

    @AfterEach
    void stop() {
        servers.forEach(DashboardServer::close);
        storage.close();
    }

    private RawClient serve(DashboardSettings.Builder settings) throws DashboardStartException {
        DashboardServer server = DashboardServer.start(settings.port(0).build(), storage);
        servers.add(server);
        return new RawClient(server.address());
    }

    private int port() {
        return servers.get(0).address().getPort();
    }

    private static String basic(String user, String password) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static String[] with(String text, String port) {
        return text == null
                ? new String[0]
                : Arrays.stream(text.replace("PORT", port).split(" \\| ")).toArray(String[]::new);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            # a loopback server knows itself by its names and addresses, whatever the port says: it may be forwarded
            Host: localhost:PORT                   ; 200
            Host: LOCALHOST                        ; 200
            Host: 127.0.0.1:PORT                   ; 200
            Host: 127.0.0.2:9000                   ; 200
            Host: [::1]:PORT                       ; 200
            Host: dash.example.com                 ; 200
            Host: DASH.example.com:443             ; 200
            # DNS rebinding: the page's name stays that of its own site
            Host: evil.example                     ; 421
            Host: evil.example:PORT                ; 421
            Host: localhost.evil.example           ; 421
            Host: dash.example.com.evil.example    ; 421
            Host: 192.0.2.7                        ; 421
            Host: 0.0.0.0:PORT                     ; 421
            Host: 127.1                            ; 421
            Host: 2130706433                       ; 421
            Host: [::ffff:192.0.2.7]               ; 421
            # no host at all, or more than one
            Host: none                             ; 400
            Host:                                  ; 400
            Host: localhost | Host: evil.example   ; 400
            Host: localhost@evil.example           ; 400
            Host: localhost:PORT/evil              ; 400
            Host: local host                       ; 400
            """)
    void aRequestNamesAHostThatIsOurs(String headers, int status) throws Exception {
        RawClient client = serve(DashboardSettings.builder().trustedHost("dash.example.com"));

        assertThat(client.send("GET", "/api/version", with(headers, Integer.toString(port())))
                        .status())
                .isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', nullValues = "-", textBlock = """
            # no browser at all
            DELETE ; -                                                                    ; 204
            POST   ; -                                                                    ; 204
            # our own page
            POST   ; Origin: http://localhost:PORT | Sec-Fetch-Site: same-origin          ; 204
            DELETE ; Origin: http://localhost:PORT                                        ; 204
            POST   ; Sec-Fetch-Site: same-origin                                          ; 204
            # behind a proxy with TLS, which may or may not pass the host on
            POST   ; Host: dash.example.com | Origin: https://dash.example.com            ; 204
            POST   ; Origin: https://dash.example.com | Sec-Fetch-Site: same-origin       ; 204
            # other sites, other ports of this machine, pages without an origin
            POST   ; Origin: https://evil.example                                         ; 403
            DELETE ; Origin: https://evil.example | Sec-Fetch-Site: cross-site            ; 403
            POST   ; Sec-Fetch-Site: cross-site                                           ; 403
            POST   ; Origin: http://localhost:3000 | Sec-Fetch-Site: same-site            ; 403
            POST   ; Origin: http://localhost:3000                                        ; 403
            POST   ; Origin: http://localhost                                             ; 403
            POST   ; Origin: null                                                         ; 403
            POST   ; Origin: file://                                                      ; 403
            POST   ; Origin:                                                              ; 403
            POST   ; Origin: http://localhost:PORT | Sec-Fetch-Site: cross-site           ; 403
            POST   ; Origin: http://localhost:PORT | Origin: https://evil.example         ; 403
            POST   ; Sec-Fetch-Site: same-origin | Sec-Fetch-Site: cross-site             ; 403
            POST   ; Origin: http://localhost:PORT.evil.example                           ; 403
            POST   ; Origin: http://localhost:PORT@evil.example                           ; 403
            # a body is none of the dashboard's requests
            POST   ; Content-Length: 5                                                    ; 413
            POST   ; Transfer-Encoding: chunked                                           ; 413
            """)
    void onlyOurOwnPageOrNoPageAtAllChangesJobs(String method, String headers, int status) throws Exception {
        RawClient client = serve(DashboardSettings.builder().trustedHost("dash.example.com"));
        Job job = Stored.failed(storage);
        String path = "/api/jobs/" + job.getId() + (method.equals("POST") ? "/requeue" : "");

        RawClient.Response response = client.send(method, path, with(headers, Integer.toString(port())));

        assertThat(response.status()).isEqualTo(status);
        StateName after = method.equals("POST") ? StateName.ENQUEUED : StateName.DELETED;
        assertThat(storage.getJobById(job.getId()).getState()).isEqualTo(status == 204 ? after : StateName.FAILED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            # a link may lead to the page, from anywhere
            /dashboard     ; Sec-Fetch-Site: cross-site | Sec-Fetch-Mode: navigate ; 200
            /              ; Sec-Fetch-Site: cross-site                            ; 302
            # no other site's page reads what it shows
            /api/servers   ; Sec-Fetch-Site: cross-site                            ; 403
            /api/servers   ; Sec-Fetch-Site: same-site                             ; 403
            /api/servers   ; Origin: https://evil.example                          ; 403
            /sse/jobstats  ; Origin: https://evil.example                          ; 403
            /api/servers   ; Sec-Fetch-Site: same-origin                           ; 200
            /api/servers   ; Sec-Fetch-Site: none                                  ; 200
            """)
    void otherSitesMayLinkToThePageAndReadNothing(String path, String headers, int status) throws Exception {
        RawClient client = serve(DashboardSettings.builder());

        assertThat(client.send("GET", path, with(headers, Integer.toString(port())))
                        .status())
                .isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            OPTIONS ; /api/jobs/00000000-0000-0000-0000-000000000000 ; 405
            PUT     ; /api/version                                   ; 405
            TRACE   ; /dashboard                                     ; 405
            POST    ; /dashboard                                     ; 405
            HEAD    ; /dashboard                                     ; 200
            HEAD    ; /api/version                                   ; 405
            POST    ; /sse/jobstats                                  ; 405
            GET     ; /nothing                                       ; 404
            GET     ; /dashboardx                                    ; 404
            GET     ; /apix/version                                  ; 404
            GET     ; /api/nothing                                   ; 404
            GET     ; /sse/nothing                                   ; 404
            GET     ; /sse/jobs/1                                    ; 404
            GET     ; /sse/jobs/%2e%2e                               ; 400
            GET     ; /dashboard/static/../../../logback.xml         ; 400
            GET     ; /dashboard/static/%2e%2e/%2E%2e/logback.xml    ; 400
            GET     ; /dashboard/static/..%5c..%5clogback.xml        ; 400
            GET     ; /dashboard//etc/passwd.txt                     ; 400
            GET     ; http://localhost/api/version                   ; 400
            GET     ; /api/jobs?state=FAILED&limit=200               ; 200
            GET     ; /api/jobs?state=FAILED&limit=201               ; 400
            GET     ; /api/jobs?limit=1&limit=99999                  ; 400
            GET     ; /api/jobs?l%69mit=99999                        ; 400
            GET     ; /api/jobs/not-an-id                            ; 400
            GET     ; /api/jobs/00000000-0000-0000-0000-000000000000 ; 404
            """)
    void whatIsNotOfTheDashboardIsRefused(String method, String path, int status) throws Exception {
        RawClient client = serve(DashboardSettings.builder());

        assertThat(client.send(method, path).status()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"/", "/dashboard", "/dashboard/static/js/x.js", "/api/version", "/sse/jobstats", "/nothing"})
    void whereThereAreCredentialsNothingIsToBeHadWithoutThem(String path) throws Exception {
        RawClient client = serve(DashboardSettings.builder().user(USER).password(PASSWORD));

        RawClient.Response none = client.send("GET", path);
        RawClient.Response wrong = client.send("GET", path, basic(USER, "wrong"));

        assertThat(none.status()).isEqualTo(401);
        assertThat(none.header("WWW-Authenticate"))
                .hasValueSatisfying(text -> assertThat(text).startsWith("Basic "));
        assertThat(wrong.status()).isEqualTo(401);
    }

    @Test
    void theRightCredentialsLetIn() throws Exception {
        RawClient client = serve(DashboardSettings.builder().user("Jürgen").password("pässwörter:mit"));

        assertThat(client.send("GET", "/api/version", basic("Jürgen", "pässwörter:mit"))
                        .status())
                .isEqualTo(200);
        assertThat(client.send("GET", "/api/version", "Authorization: Bearer x").status())
                .isEqualTo(401);
        assertThat(client.send("GET", "/api/version", "Authorization: Basic ***")
                        .status())
                .isEqualTo(401);
        assertThat(client.send(
                                "GET",
                                "/api/version",
                                basic("Jürgen", "pässwörter:mit"),
                                basic("Jürgen", "pässwörter:mit"))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void whoGuessesTooOftenIsNotListenedToForAWhile() throws Exception {
        RawClient client = serve(DashboardSettings.builder().user(USER).password(PASSWORD));
        for (int i = 0; i < FailureLimit.BURST; i++) {
            assertThat(client.send("GET", "/api/version", basic(USER, "guess " + i))
                            .status())
                    .isEqualTo(401);
        }

        RawClient.Response right = client.send("GET", "/api/version", basic(USER, PASSWORD));

        assertThat(right.status()).as("not even compared").isEqualTo(429);
        assertThat(right.header("Retry-After"))
                .hasValueSatisfying(
                        seconds -> assertThat(Integer.parseInt(seconds)).isBetween(1, 7));
        assertThat(client.send("GET", "/api/version").status())
                .as("without credentials there is nothing to guess")
                .isEqualTo(401);
    }
}
