package dev.longshore.integration.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.dashboard.DashboardServer;
import dev.longshore.dashboard.DashboardSettings;
import dev.longshore.pipeline.DockerNeed;
import dev.longshore.pipeline.Pipeline;
import dev.longshore.pipeline.StepSpec;
import dev.longshore.pipeline.StepTypes;
import dev.longshore.run.DockerMode;
import dev.longshore.run.InMemoryRunStore;
import dev.longshore.run.Run;
import dev.longshore.run.RunId;
import dev.longshore.run.RunSpec;
import dev.longshore.run.RunStore;
import dev.longshore.source.Source;
import dev.longshore.step.ContainerLimits;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import dev.longshore.step.StepOptions;
import dev.longshore.worker.jobs.JobServer;
import dev.longshore.worker.jobs.ProgressBoard;
import dev.longshore.worker.jobs.Services;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jobrunr.dashboard.JobRunrDashboardWebServer;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.scheduling.RecurringJobBuilder;
import org.jobrunr.storage.InMemoryStorageProvider;
import org.jobrunr.storage.navigation.AmountRequest;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every page of the dashboard in a real browser, under the real policy, with a run that is half done: {@code reads} is over,
 * {@code analyses} is at 40 of 100, and {@code breaks} has failed. Screenshots are left in {@code target/screenshots}.
 */
@Tag("browser")
class DashboardBrowserTest {
    private static final String USER = "operator";
    private static final String PASSWORD = "correct horse";
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");
    private static final String MAKERS = "api.jobrunr.io";

    @TempDir
    Path temporary;

    private final InMemoryStorageProvider storage = new InMemoryStorageProvider();
    private final RunStore runs = new InMemoryRunStore();
    private final CountDownLatch analysing = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private String commit = "";
    private JobServer jobs;
    private DashboardServer dashboard;
    private Chromium chromium;
    private BrowserPage page;

    @SuppressWarnings("NullAway.Init") // set before each test
    DashboardBrowserTest() {}

    @BeforeEach
    void start() throws Exception {
        StepTypes types = new StepTypes(List.of(
                new SteppedStep("reads", context -> context.progress().log("read 3 files")),
                new SteppedStep("analyses", context -> {
                    context.progress().total(100);
                    context.progress().message("analysing flask/app.py");
                    context.progress().advance(40);
                    context.progress().log("<script>document.title='broken'</script> is only text");
                    analysing.countDown();
                    mayEnd.await();
                }),
                new SteppedStep("breaks", context -> {
                    throw new StepException(new StepFailure.InvalidOutput("nodes.jsonl:3", "not JSON"));
                })));
        jobs = new JobServer(
                new Services(
                        runs,
                        types,
                        temporary.resolve("work"),
                        () -> {
                            throw new AssertionError("no step here uses Docker");
                        },
                        new ProgressBoard(),
                        1,
                        Clock.systemUTC(),
                        false),
                storage,
                JobServer.Settings.alone("here", 4, Duration.ofSeconds(1)));
        new JobRequestScheduler(storage)
                .createRecurrently(RecurringJobBuilder.aRecurringJob()
                        .withId("nightly")
                        .withName("nightly housekeeping")
                        .withCron("0 3 * * *")
                        .withJobRequest(new NightlyJob()));
        jobs.start();
        Path source = Files.createDirectories(temporary.resolve("flask"));
        Files.writeString(source.resolve("app.py"), "print()\n");
        git(source, "init", "-q");
        git(source, "add", "app.py");
        git(source, "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-q", "-m", "First");
        commit = git(source, "rev-parse", "HEAD").substring(0, 7);
        jobs.enqueue(Run.queued(new RunSpec(
                RunId.next(Instant.now()),
                new Source.Directory(source, Optional.empty()),
                new Pipeline("three", List.of(step("reads"), step("analyses"), step("breaks"))),
                DockerMode.OFF,
                temporary.resolve("out"),
                Instant.now())));
        assertThat(analysing.await(60, TimeUnit.SECONDS)).isTrue();
        dashboard = DashboardServer.start(
                DashboardSettings.builder()
                        .port(0)
                        .user(USER)
                        .password(PASSWORD)
                        .build(),
                storage);
        chromium = Chromium.start(temporary.resolve("browser"));
        page = chromium.open();
        page.signInAs(USER, PASSWORD);
    }

    private static String git(Path directory, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(Map.of("GIT_CONFIG_GLOBAL", "/dev/null", "GIT_CONFIG_SYSTEM", "/dev/null"));
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(command.toString()).isZero();
        return said.strip();
    }

    private static StepSpec step(String name) {
        return new StepSpec(
                name,
                name,
                Set.of(),
                DockerNeed.NONE,
                Duration.ofMinutes(5),
                new StepSpec.Retry(1, Duration.ZERO),
                ContainerLimits.DEFAULT,
                new StepOptions(Map.of()));
    }

    @AfterEach
    void stop() throws Exception {
        chromium.close();
        dashboard.close();
        mayEnd.countDown();
        jobs.close();
    }

    private String url(String path) {
        return "http://localhost:" + dashboard.address().getPort() + path;
    }

    private Job job(StateName state, String work) {
        return storage.getJobList(state, new AmountRequest("updatedAt:ASC", 100)).stream()
                .filter(job -> job.getJobName().endsWith("· " + work))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no job of " + work + " is " + state));
    }

    private void shoot(String name) throws Exception {
        page.screenshot(SCREENSHOTS.resolve(name + ".png"));
    }

    @Test
    void everyPageWorksAndCallsNobodyButUs() throws Exception {
        page.go(url("/"));
        page.awaitText("Estimated processing time", "Uptime", "Realtime graph");
        page.awaitTrue("!!document.querySelector('svg.apexcharts-svg, .apexcharts-canvas')", "its chart");
        shoot("overview");

        page.go(url("/dashboard/jobs?state=SUCCEEDED"));
        page.awaitText("flask · preflight", "flask@" + commit + " · reads", "run:r-");
        shoot("jobs-succeeded");
        page.go(url("/dashboard/jobs?state=PROCESSING"));
        page.awaitText("flask@" + commit + " · analyses");
        shoot("jobs-processing");
        page.go(url("/dashboard/jobs?state=FAILED"));
        page.awaitText("flask@" + commit + " · breaks");
        shoot("jobs-failed");

        // Progress reaches the storage at JobRunr's next heartbeat, and the open page with the next event.
        page.go(url("/dashboard/jobs/" + job(StateName.PROCESSING, "analyses").getId()));
        page.awaitText("flask@" + commit + " · analyses", "Job Processing", "analysing flask/app.py", "is only text");
        page.awaitTrue(
                "document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow') === '40'", "40 percent");
        shoot("job-processing");
        mayEnd.countDown();
        page.awaitText("Job Processing Succeeded");
        shoot("job-succeeded-live");

        page.go(url("/dashboard/jobs/" + job(StateName.FAILED, "breaks").getId()));
        page.awaitText("Job processing failed");
        page.value("document.querySelectorAll('.MuiAccordionSummary-root').forEach(header => header.click())");
        page.awaitText("nodes.jsonl:3", "to fix it");
        page.awaitTrue("document.getAnimations().length === 0", "rest");
        assertThat(page.text())
                .as("a failure that is known needs no stack trace")
                .doesNotContain("at dev.longshore");
        shoot("job-failed");

        page.go(url("/dashboard/recurring-jobs"));
        page.awaitText("nightly housekeeping");
        shoot("recurring-jobs");
        page.go(url("/dashboard/servers"));
        page.awaitText("Background Job Servers");
        shoot("servers");

        assertThat(page.value("document.title").asText()).doesNotContain("broken");
        assertThat(page.events("Runtime.exceptionThrown")).isEmpty();
        assertThat(blocked())
                .as("what the policy kept the page from")
                .isNotEmpty()
                .allSatisfy(url -> assertThat(url).contains(MAKERS));
        assertThat(chromium.stopAndReadRequests(url("")))
                .as("what left the browser")
                .anySatisfy(url -> assertThat(url).contains("/sse/jobstats"))
                .allSatisfy(url -> assertThat(url).startsWith(url("/")));
    }

    /** What the page asked for and the policy forbade. */
    private List<String> blocked() {
        return page.events("Log.entryAdded").stream()
                .map(event -> event.path("entry"))
                .filter(entry -> entry.path("text").asText().contains("Content Security Policy"))
                .map(entry -> entry.path("text").asText())
                .toList();
    }

    /** Shows that the test above would notice: JobRunr's own server lets its page call its makers. */
    @Test
    void withoutThePolicyThePageCallsItsMakers() throws Exception {
        JobRunrDashboardWebServer plain = new JobRunrDashboardWebServer(storage, new JacksonJsonMapper(), freePort());
        plain.start();
        try {
            String origin = "http://localhost:" + lastPort;
            page.go(origin + "/dashboard/overview");
            page.awaitText("Realtime graph");
            page.awaitTrue(
                    "performance.getEntriesByType('resource').some(entry => entry.name.includes('" + MAKERS + "'))",
                    "a call to its makers");
            assertThat(chromium.stopAndReadRequests(origin))
                    .anySatisfy(url -> assertThat(url).contains(MAKERS));
        } finally {
            plain.stop();
        }
    }

    private int lastPort;

    /** That server takes no 0. */
    private int freePort() throws Exception {
        try (java.net.ServerSocket socket = new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            lastPort = socket.getLocalPort();
            return lastPort;
        }
    }

    @Test
    void theButtonsWork() throws Exception {
        Job failed = job(StateName.FAILED, "breaks");
        page.go(url("/dashboard/jobs/" + failed.getId()));
        page.awaitText("flask@" + commit + " · breaks", "Requeue");

        page.value(
                "[...document.querySelectorAll('button')].find(b => b.innerText.trim().toLowerCase() === 'requeue').click()");

        page.awaitText("Successfully requeued job");
        assertThat(storage.getJobById(failed.getId()).getJobStates().size())
                .isGreaterThan(failed.getJobStates().size());
    }

    /** The browser is signed in, and would send the credentials along. */
    @Test
    void anotherSitesPageCanDoNothing() throws Exception {
        Job failed = job(StateName.FAILED, "breaks");
        page.go(url("/dashboard/overview"));
        page.awaitText("Realtime graph");
        HttpServer evil = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        evil.createContext("/", exchange -> {
            byte[] html = "<html><body>evil</body></html>".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, html.length);
            exchange.getResponseBody().write(html);
            exchange.close();
        });
        evil.start();
        try {
            String requeue = url("/api/jobs/" + failed.getId() + "/requeue");
            for (String host : List.of("localhost", "127.0.0.1")) {
                page.go(URI.create("http://" + host + ":" + evil.getAddress().getPort() + "/")
                        .toString());
                page.awaitText("evil");
                page.value("fetch('" + requeue + "', {method: 'POST', mode: 'no-cors', credentials: 'include'})"
                        + ".then(r => r.type, e => 'failed')");
                assertThat(page.value("fetch('" + url("/api/servers") + "', {credentials: 'include'})"
                                        + ".then(r => r.text(), e => 'failed')")
                                .asText())
                        .isEqualTo("failed");
                page.value("document.body.innerHTML = '<iframe src=\"" + url("/dashboard/overview")
                        + "\"></iframe><form method=post action=\"" + requeue + "\"></form>'");
                page.value("document.forms[0].submit()");
                page.awaitText("Another site's page asked for this.");
            }
        } finally {
            evil.stop(0);
        }

        assertThat(storage.getJobById(failed.getId()).getState()).isEqualTo(StateName.FAILED);
        List<Integer> statuses = page.events("Network.responseReceived").stream()
                .filter(event -> event.path("response").path("url").asText().endsWith("/requeue"))
                .map(event -> event.path("response").path("status"))
                .map(JsonNode::asInt)
                .toList();
        assertThat(statuses)
                .as("they arrived, and were refused")
                .hasSizeGreaterThanOrEqualTo(2)
                .containsOnly(403);
    }
}
