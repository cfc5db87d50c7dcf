package dev.longshore.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.longshore.docker.DockerSettings;
import dev.longshore.docker.GuardedDocker;
import dev.longshore.pipeline.PipelineLoader;
import dev.longshore.pipeline.StepTypes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said when the first use of a daemon cannot build the analysers' image. */
@Timeout(60)
class FirstUseTest {
    private record Answer(int status, String body) {}

    private final Map<String, Answer> answers = new ConcurrentHashMap<>(Map.of(
            "/version",
            new Answer(200, "{\"Version\":\"20.10.24\",\"ApiVersion\":\"1.41\",\"MinAPIVersion\":\"1.12\"}"),
            "/_ping",
            new Answer(200, "OK"),
            "/json",
            new Answer(404, "{\"message\":\"No such image\"}")));
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final HttpServer daemon;

    FirstUseTest() throws IOException {
        daemon = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void startDaemon() {
        daemon.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            Answer answer = answers.entrySet().stream()
                    .filter(entry -> path.endsWith(entry.getKey()))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(new Answer(404, "{\"message\":\"page not found\"}"));
            exchange.getRequestBody().readAllBytes();
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        daemon.start();
    }

    @AfterEach
    void stopDaemon() {
        daemon.stop(0);
    }

    private String build(String address, boolean quiet) throws InterruptedException {
        StepTypes types = StepTypes.onClassPath();
        try (GuardedDocker docker =
                        GuardedDocker.open(DockerSettings.of("first-use-test").withDockerHost(address));
                PrintStream to = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            new FirstUse(() -> docker, to, quiet).buildImage(new PipelineLoader(types).standard(), types);
        }
        return err.toString(StandardCharsets.UTF_8);
    }

    private String address() {
        return "tcp://127.0.0.1:" + daemon.getAddress().getPort();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            200 | {"errorDetail":{"message":"pip broke"},"error":"pip broke"} | pip broke
            500 | {"message":"out of inodes"}                                 | out of inodes
            200 | {"stream":"Step 1"}                                         | before the image was done
            """)
    void aFailedBuildIsALineEvenWhereProgressIsNotWanted(int status, String body, String why) throws Exception {
        answers.put("/build", new Answer(status, body));

        assertThat(build(address(), true).lines())
                .singleElement()
                .asString()
                .startsWith("longshore: the analyser image was not built: ")
                .contains(why);
    }

    @Test
    void theBuildIsAnnouncedUnlessQuiet() throws Exception {
        answers.put("/build", new Answer(500, "{\"message\":\"out of inodes\"}"));

        assertThat(build(address(), false).lines())
                .hasSize(2)
                .first()
                .asString()
                .startsWith("longshore: building the analyser image ");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatPreflightWillMeetItselfIsLeftToIt(boolean quiet) throws Exception {
        String address = address();
        daemon.stop(0);

        assertThat(build(address, quiet)).isEmpty();
    }
}
