package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --docker} makes of a daemon that is not there or may not be spoken to. */
class DockerAwayTest {
    @TempDir
    Path temp;

    private Path source;
    private Path out;

    @BeforeEach
    void makeSource() throws IOException {
        source = Files.createDirectory(temp.resolve("source"));
        Files.writeString(source.resolve("README.md"), "# Title\n");
        out = temp.resolve("out");
    }

    private Longshore ingest(String mode, Path socket, Object... more) {
        java.util.List<Object> arguments = new java.util.ArrayList<>(
                java.util.List.of("ingest", source, "--out", out, "--docker", mode, "--json"));
        arguments.addAll(java.util.List.of(more));
        return new Longshore(temp.resolve("call"), arguments.toArray()).with("DOCKER_HOST", "unix://" + socket);
    }

    private static JsonNode step(JsonNode json, String name) {
        for (JsonNode step : json.path("steps")) {
            if (step.path("name").asText().equals(name)) {
                return step;
            }
        }
        throw new AssertionError("no step " + name + " in " + json);
    }

    @Test
    void autoSkipsTheStepAndSaysWhy() throws Exception {
        Longshore.Ended ended = ingest("auto", temp.resolve("no.sock")).run().exits(3);

        assertThat(ended.json().path("state").asText()).isEqualTo("DEGRADED");
        JsonNode skipped = step(ended.json(), "blarify");
        assertThat(skipped.path("state").asText()).isEqualTo("SKIPPED");
        assertThat(skipped.path("skipped").path("message").asText()).contains("no.sock");
        assertThat(step(ended.json(), "docgrapher").path("state").asText()).isEqualTo("SUCCEEDED");
        assertThat(Files.readString(out.resolve("manifest.json"))).contains("\"skipped\" : \"DOCKER_UNAVAILABLE\"");
    }

    @Test
    void requiredFailsWithTheFix() throws Exception {
        Longshore.Ended ended =
                ingest("required", temp.resolve("no.sock")).run().exits(1);

        JsonNode failure = ended.json().path("failure");
        assertThat(failure.path("code").asText()).isEqualTo("DOCKER_UNAVAILABLE");
        assertThat(failure.path("fix").asText()).isNotEmpty();
        assertThat(failure.path("message").asText()).contains("no.sock");
        assertThat(out).doesNotExist();
    }

    @Test
    void offTouchesNoSocket() throws Exception {
        Path socket = temp.resolve("d.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            server.configureBlocking(false);

            Longshore.Ended ended = ingest("off", socket).run().exits(0);

            assertThat(server.accept()).as("a connection to the daemon").isNull();
            assertThat(ended.json().path("state").asText()).isEqualTo("SUCCEEDED");
            assertThat(step(ended.json(), "blarify").path("state").asText()).isEqualTo("SKIPPED");
        }
    }

    @Test
    void aSocketThatNobodyListensOnIsRefused() throws Exception {
        Path socket = temp.resolve("dead.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
        }

        Longshore.Ended ended = ingest("required", socket).run().exits(1);

        assertThat(ended.json().path("failure").path("code").asText()).isEqualTo("DOCKER_UNAVAILABLE");
        assertThat(ended.json().path("failure").path("fix").asText()).isNotEmpty();
    }

    @Test
    void theTableForPeopleHasTheFixToo() throws Exception {
        Longshore.Ended ended = new Longshore(
                        temp.resolve("call"), "ingest", source, "--out", out, "--docker", "required", "--quiet")
                .with("DOCKER_HOST", "unix://" + temp.resolve("no.sock"))
                .run()
                .exits(1);

        assertThat(ended.out()).contains("no.sock").contains("  fix: ");
        assertThat(ended.err()).isEmpty();
    }

    @Test
    void doctorSaysWhatIsWrongAndExits1() throws Exception {
        Longshore.Ended ended = new Longshore(temp.resolve("call"), "doctor", source, "--json")
                .with("DOCKER_HOST", "unix://" + temp.resolve("no.sock"))
                .run()
                .exits(1);

        assertThat(ended.json().path("ok").asBoolean(true)).isFalse();
        assertThat(ended.json().path("checks").toString()).contains("DOCKER_UNAVAILABLE", "fix");
    }

    @Test
    void aSocketWithoutPermissionNamesOwnerModeAndCommand() throws Exception {
        Program program = Program.readableByAll(temp);
        Path socket = temp.resolve("root.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Command.run("chmod", "660", socket.toString());

            Longshore call = ingest("required", socket);
            Longshore.Ended ended = program.asNobody(call).run().exits(1);

            JsonNode failure = ended.json().path("failure");
            assertThat(failure.path("code").asText()).isEqualTo("DOCKER_PERMISSION_DENIED");
            assertThat(failure.toString()).contains("65534").contains("660");
            assertThat(failure.path("fix").asText()).isNotEmpty();
        }
    }
}
