package dev.longshore.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.docker.audit.AuditEntry;
import dev.longshore.docker.audit.AuditKey;
import dev.longshore.docker.audit.AuditLog;
import dev.longshore.docker.audit.AuditSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class AuditCommandTest {
    @TempDir
    Path temporary;

    private Path directory;

    private record Result(int exit, String out, String err) {}

    private static Result execute(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = LongshoreCommand.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        String[] words = List.of(arguments).stream().map(Object::toString).toArray(String[]::new);
        return new Result(commandLine.execute(words), out.toString(), err.toString());
    }

    @BeforeEach
    void write() {
        directory = temporary.resolve("audit");
        try (AuditLog log = AuditLog.open(AuditSettings.in(directory))) {
            for (int i = 0; i < 3; i++) {
                log.record(AuditEntry.of(AuditEntry.Event.CALL).put("target", "c" + i));
            }
        }
    }

    private void edit(Consumer<List<String>> edit) throws IOException {
        Path file = directory.resolve("audit.jsonl");
        List<String> lines = Files.readAllLines(file);
        edit.accept(lines);
        Files.write(file, lines);
    }

    @Test
    void anIntactLogExitsWithZero() {
        Result result = execute("audit", "verify", directory);

        assertThat(result.exit()).isZero();
        assertThat(result.out()).startsWith("intact: 5 lines, numbers 1 to 5, in 1 file; head 5:");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void whatIsWrongIsNamedByFileAndLine() throws IOException {
        edit(lines -> lines.remove(2));

        Result result = execute("audit", "verify", directory);

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.out().lines())
                .first()
                .isEqualTo("audit.jsonl:3: removed: number 3 is missing before this line");
        JsonNode json = json(execute("audit", "verify", "--json", directory));
        assertThat(json.path("ok").asBoolean(true)).isFalse();
        assertThat(json.path("lines").asLong()).isEqualTo(4);
        assertThat(json.path("findings").get(0).path("kind").asText()).isEqualTo("removed");
        assertThat(json.path("findings").get(0).path("line").asLong()).isEqualTo(3);
        assertThat(json.path("findings").get(0).path("number").asLong()).isEqualTo(3);
        assertThat(execute("audit", "head", directory).exit()).isEqualTo(2);
    }

    private static JsonNode json(Result result) throws IOException {
        return new JsonMapper().readTree(result.out());
    }

    @Test
    void aHeadNotedElsewhereShowsWhatWasCutOffWithTheHead() throws IOException {
        String head = execute("audit", "head", directory).out().strip();
        Path file = directory.resolve("audit.jsonl");
        AuditLog.open(AuditSettings.in(directory)).close();
        String later = execute("audit", "head", directory).out().strip();
        assertThat(execute("audit", "verify", directory, "--head", head).exit()).isZero();
        List<String> lines = Files.readAllLines(file).subList(0, 4);
        Files.delete(directory.resolve("audit.head"));
        Files.write(file, lines);

        assertThat(execute("audit", "verify", directory, "--head", later).out())
                .contains("truncated: numbers 5 to 7 are missing at the end: the noted head names 7");
        AuditLog.open(AuditSettings.in(directory)).close();
        assertThat(execute("audit", "verify", directory).exit()).isZero();
        assertThat(execute("audit", "verify", directory, "--head", later).out()).contains("rewritten: number 7");
        assertThat(execute("audit", "verify", directory, "--head", head).exit()).isEqualTo(1);
        assertThat(execute("audit", "verify", directory, "--head", "nonsense").exit())
                .isEqualTo(2);
    }

    @Test
    void someFilesAloneCanBeVerified() throws IOException {
        Path file = directory.resolve("audit.jsonl");
        edit(lines -> lines.subList(3, 5).clear());

        assertThat(execute("audit", "verify", file).exit()).isZero();
        assertThat(execute("audit", "verify", directory).out()).contains("truncated: numbers 4 to 5 are missing");
    }

    @Test
    void whatIsNoLogIsBadInputWithItsFix() {
        Result none = execute("audit", "verify", temporary);

        assertThat(none.exit()).isEqualTo(2);
        assertThat(none.err())
                .contains("no audit log in it")
                .contains("\n  fix: ")
                .doesNotContain("\tat ");
        assertThat(execute("audit").exit()).isEqualTo(2);
        assertThat(execute("audit", "verify").err()).contains("LONGSHORE_AUDIT");
    }

    @Test
    void aKeyIsMadeOnceAndForItsOwnerAlone() throws IOException {
        Path key = temporary.resolve("key");

        assertThat(execute("audit", "new-key", key).exit()).isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        assertThat(execute("audit", "new-key", key).exit()).isEqualTo(2);
        Path keyed = temporary.resolve("keyed");
        AuditLog.open(AuditSettings.in(keyed).withKey(AuditKey.read(key))).close();
        assertThat(execute("audit", "verify", keyed).exit()).isEqualTo(2);
        assertThat(execute("audit", "verify", keyed).err()).contains("--audit-key");
        assertThat(execute("audit", "verify", keyed, "--audit-key", key).exit()).isZero();
    }

    private static AuditOptions options(String... arguments) {
        AuditOptions options = new AuditOptions();
        new CommandLine(CommandLine.Model.CommandSpec.create()
                        .addMixin("audit", CommandLine.Model.CommandSpec.forAnnotatedObject(options)))
                .parseArgs(arguments);
        return options;
    }

    @Test
    void optionsGoBeforeVariablesAndBothBeforeTheStandard() {
        assertThat(options().settings(Map.of())).isEmpty();
        assertThat(options().settings(Map.of("LONGSHORE_AUDIT", " "))).isEmpty();
        AuditSettings standard = options("--audit", "a").settings(Map.of()).orElseThrow();
        assertThat(standard.onFailure()).isEqualTo(AuditSettings.OnFailure.REFUSE);
        assertThat(standard.durability()).isEqualTo(AuditSettings.Durability.EVERY_SECOND);
        assertThat(standard.keep()).isEqualTo(32);
        assertThat(standard.key()).isEmpty();
        Map<String, String> environment = Map.of(
                "LONGSHORE_AUDIT", "b",
                "LONGSHORE_AUDIT_ON_FAILURE", "continue",
                "LONGSHORE_AUDIT_DURABILITY", "every-line",
                "LONGSHORE_AUDIT_KEEP", "0");
        AuditSettings set = options().settings(environment).orElseThrow();
        assertThat(set.directory()).isEqualTo(Path.of("b").toAbsolutePath());
        assertThat(set.onFailure()).isEqualTo(AuditSettings.OnFailure.CONTINUE);
        assertThat(set.durability()).isEqualTo(AuditSettings.Durability.EVERY_LINE);
        assertThat(set.keep()).isZero();
        AuditSettings given = options("--audit", "c", "--audit-on-failure", "refuse", "--audit-keep", "5")
                .settings(environment)
                .orElseThrow();
        assertThat(given.directory()).isEqualTo(Path.of("c").toAbsolutePath());
        assertThat(given.onFailure()).isEqualTo(AuditSettings.OnFailure.REFUSE);
        assertThat(given.keep()).isEqualTo(5);
    }

    @Test
    void optionsThatMeanNothingAreBadInput() {
        for (String[] wrong : List.of(
                new String[] {"--audit", "a", "--audit-on-failure", "perhaps"},
                new String[] {"--audit", "a", "--audit-durability", "never"},
                new String[] {"--audit", "a", "--audit-keep", "some"},
                new String[] {"--audit", "a", "--audit-keep", "-1"})) {
            assertThatThrownBy(() -> options(wrong).settings(Map.of())).isInstanceOf(BadInputException.class);
        }
    }

    @Test
    void aLogThatCannotBeWrittenStopsARunBeforeItStarts() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "");
        Path source = Files.createDirectory(temporary.resolve("source"));

        Result result = execute(
                "ingest", source, "--docker", "off", "--out", temporary.resolve("o"), "--audit", file.resolve("log"));

        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.err()).contains("cannot be written").contains("\n  fix: ");
        assertThat(temporary.resolve("o")).doesNotExist();
    }
}
