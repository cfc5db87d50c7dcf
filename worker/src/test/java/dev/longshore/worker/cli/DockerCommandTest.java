package dev.longshore.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.docker.DockerFailure;
import dev.longshore.docker.DockerObject;
import dev.longshore.docker.ReapReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DockerCommandTest {
    @TempDir
    Path work;

    private static ReapReport.Finding finding(String name, ReapReport.Verdict verdict) {
        return new ReapReport.Finding(
                new DockerObject(
                        DockerObject.Kind.VOLUME,
                        name,
                        Optional.of("r-1"),
                        Optional.empty(),
                        Optional.of("dir:a:b"),
                        Instant.EPOCH,
                        Optional.empty(),
                        false),
                verdict);
    }

    private static ReapReport report(boolean dryRun) {
        return new ReapReport(
                dryRun,
                List.of(
                        finding("one", new ReapReport.Removed("its process is gone")),
                        finding("two", new ReapReport.Kept("its process lives")),
                        finding(
                                "three",
                                new ReapReport.Failed(
                                        "its process is gone", new DockerFailure.Unknown("removal", "busy")))));
    }

    @Test
    void everyObjectIsToldOfWithItsReason() {
        assertThat(DockerCommand.text(report(false))
                        .lines()
                        .map(line -> line.strip().replaceAll(" +", " ")))
                .containsExactly(
                        "VERDICT KIND NAME RUN WHY",
                        "removed volume one r-1 its process is gone",
                        "kept volume two r-1 its process lives",
                        "failed volume three r-1 its process is gone, but: unexpected failure of removal: busy");
        assertThat(DockerCommand.text(report(true))).contains("would go").doesNotContain("removed ");
        assertThat(DockerCommand.text(new ReapReport(true, List.of()))).contains("nothing");
    }

    @Test
    void programsReadJson() throws IOException {
        JsonNode json = new ObjectMapper().readTree(DockerCommand.json(report(true)));
        assertThat(json.path("dryRun").asBoolean()).isTrue();
        assertThat(json.path("objects")).hasSize(3);
        assertThat(json.at("/objects/0/verdict").asText()).isEqualTo("would go");
        assertThat(json.at("/objects/2/code").asText()).isEqualTo("DOCKER_UNKNOWN");
    }

    private record Called(int code, String err) {}

    private Called call(String... arguments) {
        StringWriter err = new StringWriter();
        CommandLine line = LongshoreCommand.commandLine().setErr(new PrintWriter(err));
        return new Called(line.execute(arguments), err.toString());
    }

    @Test
    void daemonThatIsAwayIsAFailureWithItsFix() {
        Called called =
                call("docker", "reap", "--work", work.toString(), "--docker-host", "unix://" + work.resolve("no.sock"));
        assertThat(called.code()).isEqualTo(ExitCode.FAILED);
        assertThat(called.err()).contains("no Docker socket").contains("fix: ");
    }

    @Test
    void graceMustBeADuration() {
        assertThat(call("docker", "reap", "--work", work.toString(), "--grace", "soon")
                        .code())
                .isEqualTo(ExitCode.BAD_INPUT);
    }
}
