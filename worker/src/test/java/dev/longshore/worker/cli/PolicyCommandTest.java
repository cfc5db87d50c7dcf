package dev.longshore.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.docker.policy.GuardPolicy;
import dev.longshore.docker.policy.PathRoot;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PolicyCommandTest {
    @TempDir
    Path temporary;

    private record Result(int exit, String out, String err) {}

    private static Result execute(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = LongshoreCommand.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        return new Result(commandLine.execute(arguments), out.toString(), err.toString());
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(temporary.resolve(name), text).toString();
    }

    private Result explain(String request, String... more) throws IOException {
        String[] arguments = new String[more.length + 7];
        System.arraycopy(
                new String[] {
                    "policy",
                    "explain",
                    file("r.json", request),
                    "--work",
                    temporary.toString(),
                    "--docker-host",
                    "unix:///no.sock"
                },
                0,
                arguments,
                0,
                7);
        System.arraycopy(more, 0, arguments, 7, more.length);
        return execute(arguments);
    }

    @Test
    void whatIsAllowedIsExplained() throws IOException {
        Result result = explain("{\"image\":\"a/b:1\",\"step\":\"s\"}");

        assertThat(result.exit()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(result.out()).contains("allow image-repository").endsWith("allowed\n");
    }

    @Test
    void whatIsDeniedNamesItsRuleAndItsLine() throws IOException {
        String policy = file("p.yaml", "version: 1\nimages:\n  - repository: a/*\n");

        Result result = explain("{\"image\":\"a/b:1\",\"step\":\"s\"}", "--policy", policy, "--json");

        JsonNode json = new JsonMapper().readTree(result.out());
        assertThat(result.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(json.path("allowed").asBoolean(true)).isFalse();
        assertThat(json.path("deniedBy").path(0).asText()).isEqualTo("image-digest");
        assertThat(json.path("decisions").path(0).path("line").asInt()).isEqualTo(3);
        assertThat(json.path("decisions").path(0).path("file").asText()).isEqualTo(policy);
    }

    @Test
    void aWordThatThereIsNotIsRefusedByName() throws IOException {
        Result result = explain("{\"image\":\"a/b:1\",\"step\":\"s\",\"privileged\":true,\"x\":1}");

        assertThat(result.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(result.out())
                .contains("deny  request-unknown    privileged: no container is privileged")
                .contains("x: a request has no word for it")
                .endsWith("denied by request-unknown\n");
    }

    @Test
    void aWrongPolicyIsToldWithAllItsLines() throws IOException {
        String policy = file("p.yaml", "version: 2\nlimits: { memory: x }\nfoo: bar\n");

        for (Result result : new Result[] {
            execute("policy", "check", policy),
            explain("{}", "--policy", policy),
            execute("doctor", "--policy", policy, temporary.toString()),
            execute("ingest", temporary.toString(), "--policy", policy, "--work", temporary.toString())
        }) {
            assertThat(result.exit()).isEqualTo(ExitCode.BAD_INPUT);
            assertThat(result.err())
                    .contains(":1: the policy must say", ":2: limits.memory", ":3: unknown key \"foo\"");
        }
    }

    @Test
    void whatIsNotThereIsToldAsSuch() {
        assertThat(execute("policy", "check", "/no/such/policy").exit()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(execute("policy", "explain", "/no/such/request").exit()).isEqualTo(ExitCode.BAD_INPUT);
    }

    @Test
    void theStandardPolicyIsOneToStartFrom() throws IOException {
        String policy = file("p.yaml", execute("policy", "standard").out());

        assertThat(execute("policy", "check", policy).exit()).isEqualTo(ExitCode.SUCCEEDED);
    }

    @Test
    void theVariableNamesAPolicyToo() throws IOException {
        Map<String, String> environment = Map.of("LONGSHORE_POLICY", file("p.yaml", "version: 1\n"));

        assertThat(new PolicyOptions()
                        .policy(temporary, environment, "/")
                        .base()
                        .images())
                .isEmpty();
        assertThat(new PolicyOptions().policy(temporary, Map.of(), "/").base().images())
                .isNotEmpty();
    }

    @Test
    void theStandardPolicyWritesInTheWorkDirectoryAloneAndGivesNoKeysAway() throws IOException {
        Path keys = Files.createDirectories(temporary.resolve("pools/p")).resolve("seal-keys");
        Path other = temporary.resolve("password");

        GuardPolicy policy = new DockerOptions().readPolicy(temporary, other);

        assertThat(policy.base().binds().write()).extracting(PathRoot::path).containsExactly(temporary);
        assertThat(policy.protectedPaths()).contains(keys, other);
    }
}
